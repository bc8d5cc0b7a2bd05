import {
  Background,
  type Connection,
  Controls,
  type Edge as WireOnBoard,
  type EdgeChange,
  MarkerType,
  type Node as BoxOnBoard,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react';
import { type DragEvent, useCallback, useMemo, useRef, useState } from 'react';
import { Box, type BoxData, boxHeight, boxWidth, describe, Stopping } from './Box';
import {
  type Cell,
  type Cells,
  connect,
  type Edge,
  edgeId,
  endCells,
  endName,
  flowInput,
  flowOutput,
  mayConnect,
  moveTo,
  type Placed,
  remove,
} from './document';
import type { Commit, Drawing } from './history';
import type { Mistake } from './server';
import type { Breakpoints } from './useBreakpoints';
import type { StepShown } from './useRun';
import { UndoWire, Wire, wireLabel } from './Wire';

export const dragType = 'application/x-sluice-node';

const column = 216;
const row = 104;

const boxes = { box: Box };
const wires = { wire: Wire, undo: UndoWire };
const words = {
  'node.a11yDescription.default': 'Enter shows it in the panel. The arrows move it then, Delete removes it, and B sets a breakpoint.',
  'node.a11yDescription.keyboardDisabled': 'Enter shows it in the panel.',
  'edge.a11yDescription.default': 'Enter shows it in the panel. Delete removes it then.',
};
const wordsToRead = {
  'node.a11yDescription.default': 'Enter shows it in the panel.',
  'node.a11yDescription.keyboardDisabled': 'Enter shows it in the panel.',
  'edge.a11yDescription.default': 'Enter shows it in the panel.',
};

const ends = new Set([flowInput, flowOutput]);

const pointOf = (cell: Cell) => ({ x: cell.col * column, y: cell.row * row });
const cellOf = (point: { x: number; y: number }): Cell => ({
  col: Math.round(point.x / column),
  row: Math.round(point.y / row),
});

/** Where the keyboard goes when what it was on is gone. */
export const focusBoard = () => document.querySelector<HTMLElement>('.board')?.focus();

interface Props {
  drawing: Drawing;
  commit: Commit;
  selected: ReadonlySet<string>;
  select: (ids: ReadonlySet<string>) => void;
  mistakes: ReadonlyMap<string, Mistake[]>;
  steps: ReadonlyMap<string, StepShown>;
  /** Where a paused run stands. */
  next: readonly string[];
  /** Null: none can be set here. */
  breakpoints: Breakpoints | null;
  mayChange: boolean;
  drop: (placed: Placed, cell: Cell) => void;
}

export function Board({ drawing, commit, selected, select, mistakes, steps, next, breakpoints, mayChange, drop }: Props) {
  const { flow, cells } = drawing;
  const { screenToFlowPosition } = useReactFlow();
  const [dragged, setDragged] = useState<Record<string, { x: number; y: number }>>({});
  const data = useStable<BoxData>();
  // The same function always, so that no box is drawn anew for it.
  const stops = useRef(breakpoints);
  stops.current = breakpoints;
  const stop = useCallback((alias: string) => stops.current?.toggle(alias), []);

  const nodes = useMemo(() => {
    const at = endCells(flow, cells);
    const box = (id: string, cell: Cell, about: BoxData): BoxOnBoard<BoxData> => ({
      id,
      type: 'box',
      position: dragged[id] ?? pointOf(cell),
      data: data(id, about),
      width: boxWidth,
      height: boxHeight,
      measured: { width: boxWidth, height: boxHeight },
      draggable: mayChange && !about.isEnd,
      deletable: !about.isEnd,
      selected: selected.has(id),
      ariaLabel: describe(id, about),
    });
    return [
      box(flowInput, at.input, { isEnd: true, title: 'Flow input', about: 'what calls bring', mistakes: mistakes.get(flowInput)?.length ?? 0 }),
      ...flow.nodes.map((node) =>
        box(node.alias, cells[node.alias] ?? { col: 0, row: 0 }, {
          isEnd: false,
          title: node.alias,
          about: node.node ?? 'subflow',
          mistakes: mistakes.get(node.alias)?.length ?? 0,
          step: steps.get(node.alias),
          isNext: next.includes(node.alias),
          stop: breakpoints === null ? undefined : breakpoints.has(node.alias),
        }),
      ),
      box(flowOutput, at.output, { isEnd: true, title: 'Flow output', about: 'what calls get', mistakes: mistakes.get(flowOutput)?.length ?? 0 }),
    ];
  }, [flow, cells, dragged, selected, mistakes, steps, next, breakpoints, mayChange, data]);

  const edges = useMemo(() => {
    // As far as the steps tell: what has ended well led on, wherever something began behind it.
    const isTaken = ({ from, to }: Edge) =>
      steps.size > 0 &&
      (from === flowInput || steps.get(from)?.state === 'succeeded') &&
      (to === flowOutput ? flow.nodes.every((node) => steps.get(node.alias)?.state === 'succeeded') : steps.has(to));
    const undoing = flow.nodes
      .filter((node) => node.config?.compensate && cells[node.config.compensate])
      .map(
        (node): WireOnBoard => ({
          id: `undo ${node.alias}`,
          type: 'undo',
          source: node.alias,
          target: node.config!.compensate!,
          className: 'undo',
          selectable: false,
          focusable: false,
          deletable: false,
        }),
      );
    return [
      ...undoing,
      ...flow.edges.map((edge): WireOnBoard => {
        const id = edgeId(edge);
        const wrong = mistakes.get(id)?.length ?? 0;
        return {
          id,
          type: 'wire',
          source: edge.from,
          target: edge.to,
          label: wireLabel(edge),
          selected: selected.has(id),
          deletable: mayChange,
          className: [wrong > 0 && 'wrong', edge.on_error && 'error', edge.loop && 'loop', isTaken(edge) && 'taken'].filter(Boolean).join(' '),
          markerEnd: { type: MarkerType.ArrowClosed, width: 22, height: 22, markerUnits: 'userSpaceOnUse' },
          ariaLabel: `Edge from ${endName(edge.from)} to ${endName(edge.to)}${wireLabel(edge) ? `, ${wireLabel(edge)}` : ''}${wrong > 0 ? `, ${wrong} ${wrong === 1 ? 'mistake' : 'mistakes'}` : ''}`,
        };
      }),
    ];
  }, [flow, cells, selected, mistakes, steps, mayChange]);

  // Nodes and edges tell of what was selected one after the other; both change the same set.
  const picks = useRef(selected);
  picks.current = selected;
  const apply = (changes: { id: string; selected: boolean }[]) => {
    const next = new Set(picks.current);
    for (const each of changes)
      if (each.selected) next.add(each.id);
      else next.delete(each.id);
    picks.current = next;
    return next;
  };

  const change = useCallback(
    (changes: (NodeChange<BoxOnBoard<BoxData>> | EdgeChange)[]) => {
      const moves: Cells = {};
      const under: Record<string, { x: number; y: number }> = {};
      for (const each of changes)
        if (each.type === 'position' && each.position && !ends.has(each.id)) {
          if (each.dragging) under[each.id] = each.position;
          else moves[each.id] = cellOf(each.position);
        }
      if (Object.keys(under).length > 0) setDragged((was) => ({ ...was, ...under }));
      if (Object.keys(moves).length > 0) {
        setDragged({});
        commit((was) => ({ ...was, cells: moveTo(was.cells, moves) }));
      }
      const picked = changes.filter((each) => each.type === 'select');
      if (picked.length > 0) select(apply(picked));
    },
    [commit, select],
  );

  const onDrop = (event: DragEvent) => {
    const text = event.dataTransfer.getData(dragType);
    if (!text) return;
    event.preventDefault();
    const point = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    drop(JSON.parse(text), cellOf({ x: point.x - boxWidth / 2, y: point.y - boxHeight / 2 }));
  };

  return (
    <div
      className="board"
      role="group"
      tabIndex={-1}
      aria-label="Graph"
      onDragOver={(event) => event.dataTransfer.types.includes(dragType) && event.preventDefault()}
      onDrop={onDrop}
    >
      <Stopping value={stop}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={boxes}
        edgeTypes={wires}
        onNodesChange={change}
        onEdgesChange={change as (changes: EdgeChange[]) => void}
        onConnect={({ source, target }: Connection) => {
          commit((was) => ({ ...was, flow: connect(was.flow, source, target) }));
          select(new Set([edgeId({ from: source, to: target })]));
        }}
        isValidConnection={({ source, target }) => mayConnect(source, target)}
        onDelete={({ nodes: gone, edges: cut }) => {
          if (!mayChange) return;
          const ids = new Set([...gone, ...cut].map((each) => each.id));
          commit((was) => ({ ...was, flow: remove(was.flow, ids) }));
          select(new Set());
          focusBoard();
        }}
        deleteKeyCode={mayChange ? ['Delete', 'Backspace'] : null}
        nodesConnectable={mayChange}
        snapToGrid
        snapGrid={[column, row]}
        fitView
        fitViewOptions={{ padding: 0.06, maxZoom: 1 }}
        minZoom={0.05}
        maxZoom={2}
        defaultMarkerColor={null}
        zoomOnDoubleClick={false}
        ariaLabelConfig={mayChange ? words : wordsToRead}
      >
        <Background gap={[column, row]} size={2} />
        <Controls showInteractive={false} />
      </ReactFlow>
      </Stopping>
    </div>
  );
}

/** Keeps what a box shows the same object as long as it says the same, so that only boxes that change are drawn anew. */
function useStable<T extends object>() {
  const kept = useRef(new Map<string, { text: string; value: T }>());
  return useCallback((key: string, value: T): T => {
    const text = JSON.stringify(value);
    const before = kept.current.get(key);
    if (before?.text === text) return before.value;
    kept.current.set(key, { text, value });
    return value;
  }, []);
}
