import { useState } from 'react';
import { DebugButtons, DebugWishes } from './DebugPanel';
import { edgeId, endName, type Flow } from './document';
import { Note, TextField } from './fields';
import { Mistakes } from './Mistakes';
import type { Graph, Refused } from './server';
import type { Breakpoints } from './useBreakpoints';
import { hasEnded, type Watched } from './useRun';

interface Props {
  flow: Flow;
  graph: Graph | null;
  watched: Watched;
  /** Whether what is drawn is what calls run. */
  isCurrent: boolean;
  mayChange: boolean;
  mayRun: boolean;
  busy: boolean;
  refusal: Refused | null;
  /** What was typed; null: the example. */
  input: string | null;
  setInput: (input: string) => void;
  start: (input: string, pauseAtStart: boolean) => void;
  breakpoints: Breakpoints;
  select: (id: string) => void;
}

/** Runs the flow with an input, and says what came of it; the boxes of the graph show each step. */
export function RunPanel({ flow, graph, watched, isCurrent, mayChange, mayRun, busy, refusal, input, setInput, start, breakpoints, select }: Props) {
  const [pauseAtStart, setPauseAtStart] = useState(false);
  const example = graph ? JSON.stringify(graph.example_input, null, 2) : '{}';
  const { run, id, steps } = watched;
  if (flow.pipeline_mode) return <p>A flow over streams is called with a program that reads its frames: see <b>Use via API</b>.</p>;
  if (!mayRun) return <p>Your role does not start runs.</p>;
  if (!isCurrent && !mayChange) return <p>This flow is not compiled yet.</p>;
  const failed = run?.error?.edge ?? run?.error?.node;
  return (
    <>
      <TextField label="Input" mono lines={7} value={input ?? example} onChange={setInput} hint={graph ? `${graph.input_message} as JSON.` : 'JSON of what the flow takes.'} />
      {refusal && (
        <Note kind="bad">
          <p>{refusal.code === 'flow_invalid' ? 'The flow has mistakes:' : refusal.detail}</p>
          <Mistakes mistakes={refusal.mistakes} known={() => false} />
        </Note>
      )}
      <DebugWishes breakpoints={breakpoints} pauseAtStart={pauseAtStart} setPauseAtStart={setPauseAtStart} select={select} />
      {!isCurrent && <p className="quiet">What is drawn becomes what calls run.</p>}
      <div className="actions">
        <button type="button" className="button first" disabled={busy || watched.isUnderWay} onClick={() => start(input ?? example, pauseAtStart)}>
          {isCurrent ? 'Start run' : 'Save, compile and run'}
        </button>
        {id && <a className="button" href={`/console/runs/${id}`}>Open the run</a>}
      </div>
      {watched.isUnderWay && <DebugButtons watched={watched} />}
      {run && graph && run.graph_id !== graph.graph_id && <Note kind="info">This run is of another revision of the flow than the one that is drawn.</Note>}
      {watched.refusal && <Note kind="warn">{watched.refusal.detail}</Note>}
      {id && (
        <p role="status">
          The run {run === null ? 'begins' : !hasEnded(run) ? `is ${run.status}` : 'has '}
          {run && hasEnded(run) && <b>{{ cancelled: 'been cancelled', compensated: 'failed, and what it had done is undone' }[run.status] ?? run.status}</b>}
          {run?.status === 'paused' && run.next.length > 0 && ` before ${run.next.join(', ')}`}
          {run?.is_pausing && ', and pauses before its next step'}
          {steps.size > 0 && `; ${[...steps.values()].filter((step) => step.state === 'succeeded').length} of ${flow.nodes.length} placements succeeded`}.
        </p>
      )}
      {run && hasEnded(run) && (
        <p><a href={`/console/runs/${id}#timeline`}>Its steps, and a new run from any of them</a></p>
      )}
      {run?.error && (
        <Note kind="bad">
          <p>{run.error.message}</p>
          {failed && (flow.nodes.some((node) => node.alias === failed) || flow.edges.some((edge) => edgeId(edge) === failed)) && (
            <button type="button" className="button" onClick={() => select(failed)}>Show {endName(failed)}</button>
          )}
        </Note>
      )}
      {run?.output != null && (
        <>
          <h3>Output</h3>
          <pre className="payload" tabIndex={0} role="region" aria-label="Output">{JSON.stringify(run.output, null, 2)}</pre>
        </>
      )}
    </>
  );
}

/** How programs call it; the key stays where it is kept. */
export function UsePanel({ graph, isCurrent }: { graph: Graph | null; isCurrent: boolean }) {
  if (!graph) return <p>Compile the flow, and the line that calls it is here.</p>;
  return (
    <>
      {!isCurrent && <Note kind="warn">Calls run what was compiled last, not what is drawn.</Note>}
      <p>The key comes from <code>SLUICE_API_KEY</code>; <a href="/console/api-keys">create one</a> with the scope <code>runs:write</code>.</p>
      <div className="command">
        <pre tabIndex={0} role="region" aria-label="Call it with curl"><code id="canvas-curl">{graph.curl}</code></pre>
        <button type="button" className="quiet" data-copy="canvas-curl"><span>Copy</span></button>
      </div>
      <p>Takes <code>{graph.input_message}</code>, gives <code>{graph.output_message}</code>. <a href={`/docs/graphs/${graph.graph_id}`}>Its API, to try out</a></p>
    </>
  );
}
