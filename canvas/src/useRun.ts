import { useCallback, useEffect, useMemo, useState } from 'react';
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

/** How long to wait before the record is read again: often at first, for most runs are short. */
const pause = (turn: number) => (turn < 20 ? 150 : turn < 60 ? 500 : 2000);

export function useRun() {
  const [id, setId] = useState<string | null>(null);
  const [run, setRun] = useState<Run | null>(null);
  const [refusal, setRefusal] = useState<Refused | null>(null);
  useEffect(() => {
    if (id === null) return;
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (turn: number) => {
      try {
        const found = await server.run(id);
        if (left) return;
        setRun(found);
        setRefusal(null);
        if (!ended.includes(found.status)) timer = setTimeout(look, pause(turn), turn + 1);
      } catch (error) {
        if (left || !(error instanceof Refused)) return;
        setRefusal(error);
        timer = setTimeout(look, 5000, turn + 1);
      }
    };
    void look(0);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [id]);
  const steps = useMemo(() => shown(run?.steps ?? []), [run]);
  const watch = useCallback((next: string | null) => {
    setRun(null);
    setRefusal(null);
    setId(next);
  }, []);
  return { id, run, refusal, steps, watch, isUnderWay: id !== null && !(run !== null && ended.includes(run.status)) };
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
