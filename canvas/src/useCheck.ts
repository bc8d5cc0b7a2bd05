import { useEffect, useRef, useState } from 'react';
import { type Flow, named } from './document';
import { type Mistake, Refused, server } from './server';

const restMs = 400;

export interface Checked {
  /** idle: nothing is drawn, or nobody may change it. */
  state: 'idle' | 'checking' | 'done' | 'failed';
  mistakes: Mistake[];
}

/** What the server says of the document, asked when it has been left alone for a moment. Cells mean nothing to it. */
export function useCheck(flow: Flow, tenant: string, active: boolean) {
  const [checked, setChecked] = useState<Checked>({ state: 'idle', mistakes: [] });
  const text = active && flow.nodes.length > 0 ? JSON.stringify(judged(flow, tenant)) : null;
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    if (text === null) {
      setChecked({ state: 'idle', mistakes: [] });
      return;
    }
    setChecked((was) => ({ state: 'checking', mistakes: was.mistakes }));
    const timer = setTimeout(async () => {
      let next: Checked;
      try {
        next = { state: 'done', mistakes: (await server.check(text)).mistakes };
      } catch (error) {
        next = {
          state: 'failed',
          mistakes: error instanceof Refused ? [{ code: error.code, message: error.detail }] : [],
        };
      }
      // An answer to what has been changed since is of no interest.
      if (latest.current === text) setChecked(next);
    }, restMs);
    return () => clearTimeout(timer);
  }, [text]);
  return checked;
}

const judged = (flow: Flow, tenant: string) => ({
  ...named(flow, tenant),
  nodes: flow.nodes.map(({ col: _col, row: _row, ...rest }) => rest),
});
