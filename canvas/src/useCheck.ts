import { useEffect, useMemo, useRef, useState } from 'react';
import { type Flow, named } from './document';
import { lined } from './places';
import { type Mistake, Refused, server } from './server';

const restMs = 400;

/** What is wrong with a value of the document, and with all that is in it; nothing, mostly. */
export type Wrong = (path: string) => string | undefined;

/** Of the members of a value of the document, by its path; of the document's own with an empty one. */
export const wrongIn = (mistakes: readonly Mistake[], base: string): Wrong => {
  const found = mistakes.filter((mistake) => !mistake.warning && mistake.path !== undefined);
  return (path) => {
    const whole = base === '' ? path : `${base}.${path}`;
    const said = found.filter((mistake) => mistake.path === whole || mistake.path!.startsWith(`${whole}.`)).map((mistake) => mistake.message);
    return said.length === 0 ? undefined : said.join(' ');
  };
};

export interface Checked {
  /** idle: nothing is drawn, or nobody may change it. */
  state: 'idle' | 'checking' | 'done' | 'failed';
  mistakes: Mistake[];
}

/** What the server says of the document, asked when it has been left alone for a moment. Cells mean nothing to it. */
export function useCheck(flow: Flow, tenant: string, active: boolean) {
  const [checked, setChecked] = useState<Checked>({ state: 'idle', mistakes: [] });
  const { text, paths } = useMemo(() => (active && flow.nodes.length > 0 ? lined(judged(flow, tenant)) : { text: null, paths: [] }), [flow, tenant, active]);
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
        const { mistakes } = await server.check(text);
        next = { state: 'done', mistakes: mistakes.map((mistake) => (mistake.line ? { ...mistake, path: paths[mistake.line - 1] } : mistake)) };
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
