import { type Retry, retriedKinds, tidy } from './document';
import { NumberField, Sentence, Tick } from './fields';
import type { Wrong } from './useCheck';

interface Props {
  retry: Retry | undefined;
  mayChange: boolean;
  wrong: Wrong;
  change: (retry: Retry | undefined, about: string) => void;
}

const usual = retriedKinds.filter((kind) => kind !== 'NODE_PROTOCOL');

/** When a failed attempt is made again. */
export function RetryFields({ retry = {}, mayChange, wrong, change }: Props) {
  const set = (part: Partial<Retry>) => change(tidy({ ...retry, ...part }), Object.keys(part)[0]!);
  const kinds = retry.retry_on ?? usual;
  const at = (member: string) => wrong(`config.retry.${member}`);
  return (
    <details open={retry.max_attempts !== undefined || wrong('config.retry') !== undefined}>
      <summary>Retries</summary>
      <div className="pair">
        <NumberField label="Attempts" placeholder="1" readOnly={!mayChange} wrong={at('max_attempts')} value={retry.max_attempts} onChange={(max_attempts) => set({ max_attempts })} />
        <NumberField label="First wait in ms" placeholder="1000" readOnly={!mayChange} wrong={at('initial_interval_ms')} value={retry.initial_interval_ms} onChange={(initial_interval_ms) => set({ initial_interval_ms })} />
      </div>
      <div className="pair">
        <NumberField label="Then times" placeholder="2" readOnly={!mayChange} wrong={at('backoff_coefficient')} value={retry.backoff_coefficient} onChange={(backoff_coefficient) => set({ backoff_coefficient })} />
        <NumberField label="At most, in ms" placeholder="60000" readOnly={!mayChange} wrong={at('max_interval_ms')} value={retry.max_interval_ms} onChange={(max_interval_ms) => set({ max_interval_ms })} />
      </div>
      <NumberField label="Jitter" hint="The share of a wait that may be left out, 0 to 1." placeholder="0" readOnly={!mayChange} wrong={at('jitter')} value={retry.jitter} onChange={(jitter) => set({ jitter })} />
      <fieldset disabled={!mayChange} className="kinds">
        <legend>After these errors</legend>
        {retriedKinds.map((kind) => (
          <Tick
            key={kind}
            label={kind}
            checked={kinds.includes(kind)}
            onChange={(ticked) => {
              const next = retriedKinds.filter((each) => (each === kind ? ticked : kinds.includes(each)));
              set({ retry_on: next.join() === usual.join() ? undefined : next });
            }}
          />
        ))}
        {at('retry_on') && <p className="mistake"><Sentence text={at('retry_on')!} /></p>}
      </fieldset>
    </details>
  );
}
