import { BaseEdge, type EdgeProps, getBezierPath } from '@xyflow/react';
import { memo } from 'react';
import { boxHeight, boxWidth } from './Box';
import type { Edge } from './document';

const longest = 26;

/** What a wire says beside it: when it is taken, and what it carries where that is not the whole message. */
export function wireLabel(edge: Edge): string {
  const said: string[] = [];
  if (edge.on_error) said.push('on error');
  if (edge.loop) said.push(`back, at most ${edge.max_iterations ?? '?'}×`);
  if (edge.fan_out) said.push(`each of ${edge.fan_out.items}`);
  if (edge.condition !== undefined) said.push(`if ${conditionText(edge.condition)}`);
  if (edge.adapter) {
    const fields = Object.keys(edge.adapter).length;
    said.push(`${fields} ${fields === 1 ? 'field' : 'fields'}`);
  }
  const text = said.join(', ');
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function conditionText(condition: NonNullable<Edge['condition']>): string {
  if (typeof condition === 'string') return condition;
  if (condition.cel !== undefined) return condition.cel;
  return `${condition.field ?? ''} ${condition.op ?? 'EQ'} ${condition.value === undefined ? '' : JSON.stringify(condition.value)}`.trim();
}

/** A wire; one that leads back goes around below. */
export const Wire = memo(function Wire(props: EdgeProps) {
  const { sourceX, sourceY, targetX, targetY, markerEnd, label } = props;
  if (targetX > sourceX) {
    const [path, x, y] = getBezierPath(props);
    // Between two boxes side by side there is no room: above them there is, and what leads from row to row leaves it free.
    const isStraight = Math.abs(targetY - sourceY) < boxHeight / 2;
    return <BaseEdge path={path} markerEnd={markerEnd} label={label} labelX={x} labelY={isStraight ? Math.min(sourceY, targetY) - boxHeight / 2 - 8 : y - 8} labelBgPadding={[5, 2]} labelBgBorderRadius={4} />;
  }
  const low = Math.max(sourceY, targetY) + boxHeight / 2 + 20;
  const path = `M${sourceX},${sourceY} C${sourceX + 50},${sourceY} ${sourceX + 50},${low} ${sourceX},${low} L${targetX},${low} C${targetX - 50},${low} ${targetX - 50},${targetY} ${targetX},${targetY}`;
  return <BaseEdge path={path} markerEnd={markerEnd} label={label} labelX={(sourceX + targetX) / 2} labelY={low} labelBgPadding={[5, 2]} labelBgBorderRadius={4} />;
});

/** From a placement to the one that undoes it: no edge of the flow, only a sign. */
export const UndoWire = memo(function UndoWire({ sourceX, sourceY, targetX, targetY }: EdgeProps) {
  const [fromX, toX] = [sourceX - boxWidth / 2, targetX + boxWidth / 2];
  const down = targetY > sourceY ? 1 : -1;
  const [fromY, toY] = [sourceY + (down * boxHeight) / 2, targetY - (down * boxHeight) / 2];
  return <BaseEdge path={`M${fromX},${fromY} L${toX},${toY}`} label="undone by" labelX={(fromX + toX) / 2} labelY={(fromY + toY) / 2} labelBgPadding={[5, 2]} />;
});
