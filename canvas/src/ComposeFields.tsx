import { endName, flowInput, type Source } from './document';
import { Choice, TextField } from './fields';
import type { Field } from './server';
import type { Wrong } from './useCheck';
import { useRows } from './useRows';

interface Props {
  plan: Record<string, Source> | undefined;
  /** Ends from which edges lead here, and what is known of what they give. */
  sources: readonly { end: string; fields: readonly Field[] }[];
  /** Fields that can be set. */
  to: readonly Field[];
  /** Whether all these fields are known: a plan that is begun before that would have none of them. */
  isKnown: boolean;
  mayChange: boolean;
  /** Of the plan's fields. */
  wrong: Wrong;
  change: (plan: Record<string, Source> | undefined, about: string | null) => void;
}

const expression = '=';

/** How an expression names a source. */
const inputName = (end: string) => `inputs.${end === flowInput ? 'flow_input' : end}`;

/** Each field of a message from a source of its own: a path in what one edge brings, or an expression over several. */
export function ComposeFields({ plan, sources, to, isKnown, mayChange, wrong, change }: Props) {
  const { rows, put, add, remove, set } = useRows(plan, change, 'compose');
  const open = to.map((field) => field.name).filter((name) => !rows.some(([each]) => each === name));
  const first = (): Source => (sources.length > 0 ? { src_edge: sources[0]!.end, src_path: '' } : { cel: '' });
  const all = () => set((open.length > 0 ? open : ['']).map((name) => [name, guess(name, sources) ?? first()]), null);
  return (
    <fieldset disabled={!mayChange}>
      <legend>Put together</legend>
      <Choice
        label="From"
        value={rows.length > 0 ? 'plan' : 'edges'}
        disabled={!mayChange || !isKnown}
        options={[['edges', 'what each edge carries'], ['plan', 'a plan, field by field']]}
        onChange={(form) => (form === 'plan' ? all() : set([], null))}
      />
      {rows.map(([name, source], i) => {
        const here = `compose_plan.${name}`;
        const from = source.cel !== undefined ? expression : (source.src_edge ?? '');
        const fields = sources.find((each) => each.end === from)?.fields ?? [];
        return (
          <div className="source" key={i} role="group" aria-label={`Field ${i + 1}`}>
            <div className="pair">
              <TextField label="Field" mono value={name} list={to.map((field) => field.name)} onChange={(next) => put(i, [next, source])} />
              <Choice
                label="Comes from"
                value={from}
                disabled={!mayChange}
                options={[
                  ...sources.map(({ end }) => [end, endName(end)] as const),
                  ...(from !== expression && !sources.some(({ end }) => end === from) ? [[from, `${endName(from)} (no edge)`] as const] : []),
                  [expression, 'an expression'] as const,
                ]}
                onChange={(end) => put(i, [name, end === expression ? { cel: source.src_edge ? `${inputName(source.src_edge)}${source.src_path ? `.${source.src_path}` : ''}` : '' } : { src_edge: end, src_path: source.src_path ?? '' }])}
              />
            </div>
            <div className="assignment one">
              {from === expression ? (
                <TextField label="Expression" mono lines={2} placeholder={sources[0] ? `${inputName(sources[0].end)}.field` : 'inputs.alias.field'} wrong={wrong(here)} value={source.cel ?? ''} onChange={(cel) => put(i, [name, { cel }])} />
              ) : (
                <TextField label="Path" mono list={fields.map((field) => field.name)} wrong={wrong(here)} value={source.src_path ?? ''} onChange={(src_path) => put(i, [name, { ...source, src_path }])} />
              )}
              <button type="button" className="quiet" aria-label={`Remove field ${name || i + 1}`} onClick={() => remove(i)}>✕</button>
            </div>
          </div>
        );
      })}
      {rows.length > 0 && <button type="button" className="button" onClick={() => add([open[0] ?? '', guess(open[0], sources) ?? first()])}>Add a field</button>}
    </fieldset>
  );
}

/** The field of the same name, where a source has one. */
function guess(name: string | undefined, sources: Props['sources']): Source | undefined {
  const found = sources.find(({ fields }) => fields.some((field) => field.name === name));
  return found && { src_edge: found.end, src_path: name };
}
