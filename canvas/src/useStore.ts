import { useCallback, useState } from 'react';
import type { Question } from './Consent';
import type { Flow } from './document';
import { type Graph, Refused, type Start, server } from './server';

/** Of a refusal that a person may overrule: the question, and the field that says so. */
const overruled: Record<string, { title: string; yes: string; field: string }> = {
  flow_changed: { title: 'Replace what was saved meanwhile?', yes: 'Replace it', field: 'replace' },
  comments_lost: { title: 'Let the comments go?', yes: 'Let them go', field: 'drop_comments' },
};

/** Saving, compiling and starting: what is on the server, and what was refused last. */
export function useStore(start: Start, isExact: boolean) {
  const [saved, setSaved] = useState({ name: start.name, revision: start.revision });
  const [savedFlow, setSavedFlow] = useState<Flow | null>(null);
  const [graph, setGraph] = useState<Graph | null>(start.graph);
  const [busy, setBusy] = useState<string | null>(null);
  const [notice, setNotice] = useState('');
  const [refusal, setRefusal] = useState<Refused | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);

  const ask = useCallback(
    (title: string, text: string, yes: string) =>
      new Promise<boolean>((resolve) => {
        setQuestion({
          title,
          text,
          yes,
          answer: (said) => {
            setQuestion(null);
            resolve(said);
          },
        });
      }),
    [],
  );

  /** Does something, and shows what it was refused for; null then. */
  const attempt = useCallback(async <T,>(doing: string, act: () => Promise<T>): Promise<T | null> => {
    setBusy(doing);
    setRefusal(null);
    setNotice('');
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setRefusal(error);
      return null;
    } finally {
      setBusy(null);
    }
  }, []);

  /** Null when it was refused, or the person would rather not. */
  const save = useCallback(
    async (flow: Flow): Promise<{ name: string } | null> => {
      const consent: Record<string, string> = {};
      if (!isExact && savedFlow === null) {
        const text = 'The document has numbers longer than this browser holds; saving here rounds them. The text editor keeps them.';
        if (!(await ask('Round long numbers?', text, 'Round them'))) return null;
      }
      for (;;) {
        const answer = await attempt('Saving', () => server.save(flow.name, JSON.stringify(flow), saved.revision, consent).catch((error: unknown) => {
          if (error instanceof Refused && error.code in overruled && !(overruled[error.code]!.field in consent)) return error;
          throw error;
        }));
        if (answer === null) return null;
        if (!(answer instanceof Refused)) {
          setSaved(answer);
          setSavedFlow(flow);
          setNotice(`Revision ${answer.revision} is saved.`);
          return answer;
        }
        const { title, yes, field } = overruled[answer.code]!;
        if (!(await ask(title, answer.detail, yes))) return null;
        consent[field] = 'yes';
      }
    },
    [ask, attempt, isExact, saved.revision, savedFlow],
  );

  const compile = useCallback(
    async (name: string) => {
      const compiled = await attempt('Compiling', () => server.compile(name));
      if (compiled) {
        setGraph(compiled);
        setNotice('It is compiled: calls run this graph from now on.');
      }
      return compiled;
    },
    [attempt],
  );

  /** What was refused is about what was drawn then. */
  const forget = useCallback(() => setRefusal(null), []);

  return { forget, saved, savedFlow, graph, busy, notice, refusal, question, attempt, save, compile };
}
