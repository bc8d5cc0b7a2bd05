import { endName } from './document';
import { Sentence } from './fields';
import type { Mistake } from './server';
import type { Checked } from './useCheck';

/** In a word, for the bar and for screen readers. */
export function said({ state, mistakes }: Checked): string {
  const wrong = mistakes.filter((mistake) => !mistake.warning).length;
  switch (state) {
    case 'idle': return '';
    case 'checking': return 'Checking …';
    case 'failed': return 'Not checked';
    case 'done': return wrong === 0 ? 'No mistakes' : `${wrong} ${wrong === 1 ? 'mistake' : 'mistakes'}`;
  }
}

interface Props {
  mistakes: readonly Mistake[];
  known: (id: string) => boolean;
  select?: (id: string) => void;
}

/** What the server finds wrong; each leads to its place. */
export function Mistakes({ mistakes, known, select }: Props) {
  return (
    <ul className="plain mistakes">
      {mistakes.map((mistake, i) => (
        <li key={i} className={mistake.warning ? 'warning' : ''}>
          {select && mistake.where && known(mistake.where) && (
            <button type="button" className="quiet" onClick={() => select(mistake.where!)}>{mistake.where.split(' -> ').map(endName).join(' → ')}</button>
          )}
          <span>{mistake.warning && <b>Warning: </b>}<Sentence text={mistake.message} /></span>
        </li>
      ))}
    </ul>
  );
}
