// A run is followed by its events. Its record is read when it begins, pauses, goes on and ends, for what events do not tell; and again
// and again where the events do not come through.

import { Refused, type Run, type RunEvent, type Step, server } from './server';
import { hasEnded } from './useRun';

/** After so many connections in a row that told nothing, the record is read instead. */
const mostSilent = 2;

/** How long to wait before the record is read again: often at first, for most runs are short. */
const pause = (turn: number) => (turn < 20 ? 150 : turn < 60 ? 500 : 2000);

const afterFailureMs = 5000;

interface Shown {
  /** Reads the record, and shows it. */
  read: () => Promise<Run>;
  happened: (change: (run: Run) => Run) => void;
  refused: (refusal: Refused) => void;
}

/** Follows a run to its end, or until it is no longer looked at. */
export async function follow(id: string, left: AbortSignal, { read, happened, refused }: Shown) {
  let last: number | null = null;
  let silent = 0;
  let turn = 0;
  while (!left.aborted) {
    let wait = pause(turn++);
    try {
      const run = await read();
      if (hasEnded(run)) return;
      last = Math.max(last ?? 0, ...run.steps.map((step) => step.seq ?? 0));
      if (silent < mostSilent) {
        silent++;
        for await (const event of told(id, last, left)) {
          if (left.aborted) return;
          silent = 0;
          turn = 0;
          last = event.id ?? last;
          if (event.name.startsWith('step.')) happened((was) => withStep(was, event));
          else if (hasEnded(await read())) return;
        }
      }
    } catch (error) {
      if (left.aborted) return;
      if (!(error instanceof Refused)) throw error;
      refused(error);
      wait = afterFailureMs;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** The events of one connection; one that breaks ends them. */
async function* told(id: string, after: number | null, left: AbortSignal): AsyncGenerator<RunEvent> {
  const events = server.events(id, after, left);
  for (;;) {
    let next: IteratorResult<RunEvent>;
    try {
      next = await events.next();
    } catch {
      return;
    }
    if (next.done) return;
    yield next.value;
  }
}

const keyOf = (step: Partial<Step>) => `${step.alias} ${step.visit ?? 1} ${step.item ?? -1} ${step.attempt}`;

function withStep(run: Run, { id, name, data }: RunEvent): Run {
  const status = name === 'step.started' || name === 'step.progress' ? 'running' : name.slice('step.'.length);
  const step: Step = {
    seq: id,
    alias: data.alias!,
    status,
    attempt: data.attempt!,
    visit: data.visit ?? null,
    item: data.item ?? null,
    duration_ms: data.duration_ms ?? null,
  };
  const others = run.steps.filter((each) => keyOf(each) !== keyOf(step));
  // What the record has already is not under way again because that is told late.
  if (status === 'running' && run.steps.some((each) => keyOf(each) === keyOf(step) && each.status !== 'running')) return run;
  return { ...run, status: run.status === 'queued' ? 'running' : run.status, steps: [...others, step] };
}
