import { useEffect, useMemo, useState } from 'react';
import { type Flow, hasAlias } from './document';
import type { Watched } from './useRun';

/** Placements before which runs pause: of the next run, and of the one that is under way. They are this page's, not the flow's. */
export function useBreakpoints(flow: Flow, watched: Watched, isOpened: boolean) {
  const [set, setSet] = useState<ReadonlySet<string>>(new Set());
  const [isTaken, setTaken] = useState(!isOpened);
  const { run, isUnderWay, setBreakpoints } = watched;
  useEffect(() => {
    // A run that the page was opened with brings its own.
    if (isTaken || run === null) return;
    setTaken(true);
    setSet(new Set(run.breakpoints));
  }, [isTaken, run]);
  return useMemo(() => {
    const aliases = flow.nodes.map((node) => node.alias).filter((alias) => set.has(alias));
    const change = (next: ReadonlySet<string>) => {
      setSet(next);
      if (isUnderWay) void setBreakpoints([...next].filter((alias) => hasAlias(flow, alias)));
    };
    return {
      aliases,
      has: (alias: string) => set.has(alias),
      toggle: (alias: string) => change(set.has(alias) ? new Set([...set].filter((each) => each !== alias)) : new Set([...set, alias])),
      renamed: (alias: string, to: string) => set.has(alias) && setSet(new Set([...set].map((each) => (each === alias ? to : each)))),
    };
  }, [flow, set, isUnderWay, setBreakpoints]);
}

export type Breakpoints = ReturnType<typeof useBreakpoints>;
