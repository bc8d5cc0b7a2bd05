import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { follow } from './follow';
import { Refused, type Run, type Step, server } from './server';

export type StepState = 'running' | 'succeeded' | 'failed' | 'retrying' | 'cancelled';

/** What a placement has come to in the run that is looked at. */
export interface StepShown {
  state: StepState;
  /** Calls that have ended, where there were several: items, loops, attempts. */
  calls: number;
  ms: number | null;
}

const ended = ['succeeded', 'failed', 'cancelled', 'compensated'];

export const hasEnded = (run: Run) => ended.includes(run.status);

/** The run that is looked at: what happens in it, and what is wished of it. */
export function useRun(first: string | null) {
  const [id, setId] = useState(first);
  const [run, setRun] = useState<Run | null>(null);
  const [refusal, setRefusal] = useState<Refused | null>(null);
  const looked = useRef(id);
  looked.current = id;
  const reads = useRef({ asked: 0, shown: 0 });
  /** Shows the record, unless a younger one is shown already. */
  const read = useCallback(async (about: string) => {
    const turn = ++reads.current.asked;
    const found = await server.run(about);
    if (looked.current !== about || turn < reads.current.shown) return found;
    reads.current.shown = turn;
    setRun(found);
    setRefusal(null);
    return found;
  }, []);
  useEffect(() => {
    if (id === null) return;
    const left = new AbortController();
    void follow(id, left.signal, {
      read: () => read(id),
      happened: (change) => setRun((was) => was && change(was)),
      refused: setRefusal,
    });
    return () => left.abort();
  }, [id, read]);
  const steps = useMemo(() => shown(run?.steps ?? []), [run]);
  const watch = useCallback((next: string | null) => {
    setRun(null);
    setRefusal(null);
    setId(next);
  }, []);
  /** Asks something of the run, and shows what it was refused for. */
  const ask = useCallback(
    async (act: (id: string) => Promise<unknown>) => {
      const about = looked.current;
      if (about === null) return;
      setRefusal(null);
      try {
        await act(about);
        await read(about);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (looked.current === about) setRefusal(error);
      }
    },
    [read],
  );
  const lead = useCallback((act: Parameters<typeof server.lead>[1]) => ask((about) => server.lead(about, act)), [ask]);
  const setBreakpoints = useCallback((aliases: string[]) => ask((about) => server.setBreakpoints(about, aliases)), [ask]);
  return { id, run, refusal, steps, watch, lead, setBreakpoints, isUnderWay: id !== null && !(run !== null && hasEnded(run)) };
}

export type Watched = ReturnType<typeof useRun>;

function shown(steps: Step[]): Map<string, StepShown> {
  const byAlias = new Map<string, StepShown>();
  for (const step of steps) {
    const before = byAlias.get(step.alias);
    const state = step.status as StepState;
    byAlias.set(step.alias, {
      // Of several items one that failed or still runs says more than the last that went well.
      state: before && step.item !== null && before.state !== 'retrying' && worse(before.state, state) ? before.state : state,
      calls: (before?.calls ?? 0) + 1,
      ms: step.duration_ms === null ? (before?.ms ?? null) : (before?.ms ?? 0) + step.duration_ms,
    });
  }
  return byAlias;
}

const worse = (one: StepState, other: StepState) =>
  ['succeeded', 'retrying', 'cancelled', 'failed', 'running'].indexOf(one) >
  ['succeeded', 'retrying', 'cancelled', 'failed', 'running'].indexOf(other);
