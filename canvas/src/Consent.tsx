import { useEffect, useRef } from 'react';

export interface Question {
  title: string;
  text: string;
  yes: string;
  answer: (yes: boolean) => void;
}

/** Asks before something is lost. */
export function Consent({ question }: { question: Question | null }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (question) dialog.current?.showModal();
    else dialog.current?.close();
  }, [question]);
  return (
    <dialog ref={dialog} aria-label={question?.title} onCancel={() => question?.answer(false)}>
      {question && (
        <div className="dialog">
          <h1>{question.title}</h1>
          <p>{question.text}</p>
          <div className="actions">
            <button type="button" className="button" autoFocus onClick={() => question.answer(false)}>Cancel</button>
            <button type="button" className="button danger" onClick={() => question.answer(true)}>{question.yes}</button>
          </div>
        </div>
      )}
    </dialog>
  );
}
