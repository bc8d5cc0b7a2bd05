import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { createContext, memo, useContext } from 'react';
import type { StepShown } from './useRun';

export const boxWidth = 152;
export const boxHeight = 64;

/** What a box shows: a placement, or one of the flow's two ends. */
export interface BoxData extends Record<string, unknown> {
  isEnd: boolean;
  title: string;
  about: string;
  mistakes: number;
  step?: StepShown;
  /** Whether a paused run calls it next. */
  isNext?: boolean;
  /** Whether runs pause before it; undefined where none can. */
  stop?: boolean;
}

const signs = { running: '…', succeeded: '✓', failed: '✕', retrying: '↻', cancelled: '–' };

const time = (step: StepShown) => (step.ms === null ? '' : step.ms < 1000 ? `${Math.round(step.ms)} ms` : `${(step.ms / 1000).toFixed(1)} s`);

/** The box in words, for whoever does not see it. */
export function describe(id: string, data: BoxData): string {
  const said = [data.isEnd ? data.title : `Placement ${id}, ${data.about}`];
  if (data.stop) said.push('breakpoint');
  if (data.isNext) said.push('the run is paused before it');
  if (data.mistakes > 0) said.push(`${data.mistakes} ${data.mistakes === 1 ? 'mistake' : 'mistakes'}`);
  if (data.step) said.push(`${data.step.state} ${time(data.step)}`.trim());
  return said.join(', ');
}

/** Sets a breakpoint before a placement, or takes it away. */
export const Stopping = createContext<(alias: string) => void>(() => undefined);

export const Box = memo(function Box({ id, data, selected }: NodeProps<Node<BoxData>>) {
  const stop = useContext(Stopping);
  const state = data.step?.state ?? '';
  return (
    <div className={`box ${data.isEnd ? 'end' : ''} ${state} ${data.mistakes > 0 ? 'wrong' : ''} ${selected ? 'chosen' : ''} ${data.isNext ? 'next' : ''}`}>
      {data.title !== 'Flow input' && <Handle type="target" position={Position.Left} />}
      <b title={data.title}>{data.title}</b>
      <span className="about" title={data.about}>{data.about}</span>
      {data.mistakes > 0 && <span className="mark bad" aria-hidden="true">{data.mistakes}</span>}
      {data.stop !== undefined && (
        <button
          type="button"
          tabIndex={-1}
          className="stop nodrag"
          aria-pressed={data.stop}
          aria-label={`Breakpoint before ${id}`}
          title="Breakpoint"
          onClick={(event) => {
            // The box is not chosen by it: the panel stays with the run.
            event.stopPropagation();
            stop(id);
          }}
        />
      )}
      {data.isNext && <span className="step paused" aria-hidden="true">‖ paused before</span>}
      {data.step && !data.isNext && (
        <span className={`step ${state}`} aria-hidden="true">
          {signs[data.step.state]} {data.step.state} {data.step.calls > 1 ? `×${data.step.calls} ` : ''}{time(data.step)}
        </span>
      )}
      {id !== '@flow_output' && <Handle type="source" position={Position.Right} />}
    </div>
  );
});
