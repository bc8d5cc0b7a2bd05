import { useCallback, useState } from 'react';
import type { Cells, Flow } from './document';

/** What is drawn: the document, and where its placements stand. */
export interface Drawing {
  flow: Flow;
  cells: Cells;
}

interface Steps {
  past: Drawing[];
  present: Drawing;
  future: Drawing[];
  /** What the last step changed: typing on in one field is one step. */
  about: string | null;
}

const longest = 200;

/** A drawing whose changes can be undone. */
export function useHistory(first: Drawing) {
  const [steps, setSteps] = useState<Steps>({ past: [], present: first, future: [], about: null });
  const commit = useCallback((change: (drawing: Drawing) => Drawing, about: string | null = null) => {
    setSteps((was) => {
      const present = change(was.present);
      if (present === was.present) return was;
      const past = about !== null && about === was.about ? was.past : [...was.past.slice(-longest), was.present];
      return { past, present, future: [], about };
    });
  }, []);
  const undo = useCallback(() => {
    setSteps((was) => {
      const before = was.past.at(-1);
      if (!before) return was;
      return { past: was.past.slice(0, -1), present: before, future: [was.present, ...was.future], about: null };
    });
  }, []);
  const redo = useCallback(() => {
    setSteps((was) => {
      const [next, ...rest] = was.future;
      if (!next) return was;
      return { past: [...was.past, was.present], present: next, future: rest, about: null };
    });
  }, []);
  return {
    drawing: steps.present,
    commit,
    undo,
    redo,
    mayUndo: steps.past.length > 0,
    mayRedo: steps.future.length > 0,
    /** Changes when a field must show another text than was typed into it. */
    turn: steps.future.length,
  };
}

export type Commit = ReturnType<typeof useHistory>['commit'];
