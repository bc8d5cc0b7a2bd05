import { useEffect, useState } from 'react';
import { changeEdge, type Condition, type Edge, edgeId, endName, type FanOut, type Flow, flowInput, type Json, operators, remove, tidy } from './document';
import { focusBoard } from './Board';
import { Choice, NumberField, TextField, Tick } from './fields';
import type { Commit } from './history';
import type { Wrong } from './useCheck';
import { type Ends, useEnds } from './useEnds';
import { useRows } from './useRows';
import type { PackageOffered } from './server';

interface Props {
  flow: Flow;
  edge: Edge;
  commit: Commit;
  select: (ids: ReadonlySet<string>) => void;
  packages: PackageOffered[] | null;
  mayChange: boolean;
  /** Of the edge's members. */
  wrong: Wrong;
}

/** An edge: what it carries, and when it is taken. */
export function EdgePanel({ flow, edge, commit, select, packages, mayChange, wrong }: Props) {
  const id = edgeId(edge);
  const ends = useEnds(flow, edge, packages);
  const change = (part: Partial<Edge>, about: string | null) =>
    commit((was) => ({ ...was, flow: changeEdge(was.flow, id, part) }), about === null ? null : `${id}.${about}`);
  return (
    <>
      <h2>Edge from {endName(edge.from)} to {endName(edge.to)}</h2>
      {(ends.gives || ends.takes) && (
        <p className="quiet">{ends.gives && <>gives <code>{ends.gives}</code></>}{ends.gives && ends.takes && ', '}{ends.takes && <>takes <code>{ends.takes}</code></>}</p>
      )}
      <Carries edge={edge} ends={ends} change={change} mayChange={mayChange} wrong={wrong} />
      <When edge={edge} ends={ends} change={change} mayChange={mayChange} wrong={wrong} />
      <fieldset disabled={!mayChange}>
        <legend>Kind</legend>
        {edge.from !== flowInput && (
          <>
            <Tick label="Taken when its source has failed" checked={edge.on_error ?? false} onChange={(on_error) => change({ on_error: on_error || undefined }, null)} />
            <Tick
              label="Leads back (a loop)"
              checked={edge.loop ?? false}
              onChange={(loop) => change({ loop: loop || undefined, max_iterations: loop ? (edge.max_iterations ?? 10) : undefined }, null)}
            />
          </>
        )}
        {edge.loop && (
          <NumberField label="At most, times" wrong={wrong('max_iterations')} value={edge.max_iterations} onChange={(max_iterations) => change({ max_iterations }, 'times')} />
        )}
        <Tick
          label="A call for each item of a list"
          checked={edge.fan_out !== undefined}
          onChange={(each) => change({ fan_out: each ? { items: '' } : undefined }, null)}
        />
        {edge.fan_out && <Items fanOut={edge.fan_out} ends={ends} mayChange={mayChange} wrong={wrong} change={(fan_out, about) => change({ fan_out }, about)} />}
      </fieldset>
      {mayChange && (
        <div className="actions">
          <button
            type="button"
            className="button danger"
            onClick={() => {
              commit((was) => ({ ...was, flow: remove(was.flow, new Set([id])) }));
              select(new Set());
              focusBoard();
            }}
          >
            Remove this edge
          </button>
        </div>
      )}
    </>
  );
}

interface ItemsProps {
  fanOut: FanOut;
  ends: Ends;
  mayChange: boolean;
  wrong: Wrong;
  change: (fanOut: FanOut, about: string) => void;
}

/** A list, of which each item is a call of its own. */
function Items({ fanOut, ends, mayChange, wrong, change }: ItemsProps) {
  const set = (part: Partial<FanOut>) => change({ items: '', ...tidy({ ...fanOut, ...part }) }, Object.keys(part)[0]!);
  const at = (member: string) => wrong(`fan_out.${member}`);
  return (
    <>
      <TextField
        label="The list"
        hint="The path of a repeated field of what the source gives."
        mono
        value={fanOut.items}
        wrong={at('items')}
        list={ends.from.map((field) => field.name)}
        onChange={(items) => set({ items })}
      />
      <div className="pair">
        <NumberField label="Calls at once" placeholder="8" wrong={at('concurrency')} value={fanOut.concurrency} onChange={(concurrency) => set({ concurrency })} />
        <NumberField label="Items at most" placeholder="1000" wrong={at('max_items')} value={fanOut.max_items} onChange={(max_items) => set({ max_items })} />
      </div>
      <Choice
        label="When an item fails"
        value={fanOut.failure_policy ?? ''}
        disabled={!mayChange}
        wrong={at('failure_policy')}
        options={[['', 'as the placement’s join says'], ['FAIL_FAST', 'all of them fail'], ['TOLERATE_FAILURES', 'it is listed among the errors']]}
        onChange={(failure_policy) => set({ failure_policy: failure_policy || undefined })}
      />
    </>
  );
}

interface PartProps {
  edge: Edge;
  ends: Ends;
  change: (part: Partial<Edge>, about: string | null) => void;
  mayChange: boolean;
  wrong: Wrong;
}

/** The whole message, or chosen fields: each a field of the target and where its value comes from. */
function Carries({ edge, ends, change, mayChange, wrong }: PartProps) {
  const { rows, set, put, add, remove: drop } = useRows(edge.adapter, (adapter, about) => change({ adapter }, about), 'adapter');
  const open = ends.to.map((field) => field.name).filter((name) => !rows.some(([to]) => to === name));
  return (
    <fieldset disabled={!mayChange}>
      <legend>Carries</legend>
      <Choice
        label="What"
        value={rows.length > 0 ? 'fields' : 'whole'}
        disabled={!mayChange}
        options={[['whole', 'the whole message'], ['fields', 'chosen fields']]}
        onChange={(what) => set(what === 'whole' ? [] : [[open[0] ?? '', '']], null)}
      />
      {rows.map(([to, from], i) => (
        <div className="assignment" key={i} role="group" aria-label={`Field ${i + 1}`}>
          <TextField label="Field" mono value={to} list={ends.to.map((field) => field.name)} onChange={(name) => put(i, [name, from])} />
          <TextField label="From" mono value={from} list={ends.from.map((field) => field.name)} placeholder="field, path or expression" wrong={wrong(`adapter.${to}`)} onChange={(source) => put(i, [to, source])} />
          <button type="button" className="quiet" aria-label={`Remove field ${to || i + 1}`} onClick={() => drop(i)}>✕</button>
        </div>
      ))}
      {rows.length > 0 && (
        <button type="button" className="button" onClick={() => add([open[0] ?? '', ''])}>Add a field</button>
      )}
    </fieldset>
  );
}

/** Always, when an expression holds, or when one field compares. */
function When({ edge, ends, change, mayChange, wrong }: PartProps) {
  const condition = edge.condition;
  const cel = typeof condition === 'string' ? condition : condition?.cel;
  const form = condition === undefined ? 'always' : cel !== undefined ? 'expression' : 'comparison';
  const compared = typeof condition === 'object' ? condition : {};
  const set = (next: Condition | undefined, about: string | null = 'condition') => change({ condition: next }, about);
  return (
    <fieldset disabled={!mayChange}>
      <legend>Taken</legend>
      <Choice
        label="When"
        value={form}
        disabled={!mayChange}
        options={[['always', 'always'], ['expression', 'when an expression is true'], ['comparison', 'when a field compares']]}
        onChange={(next) =>
          set(next === 'always' ? undefined : next === 'expression' ? { op: 'CEL', cel: cel ?? 'true' } : { op: 'EQ', field: ends.from[0]?.name ?? '', value: '' }, null)
        }
      />
      {form === 'expression' && (
        <TextField
          label="Expression"
          mono
          lines={2}
          hint="Over what the source gives, such as total > 100."
          wrong={wrong('condition')}
          value={cel ?? ''}
          onChange={(text) => set({ op: 'CEL', cel: text })}
        />
      )}
      {form === 'comparison' && (
        <>
          <TextField label="Field" mono wrong={wrong('condition.field')} value={compared.field ?? ''} list={ends.from.map((field) => field.name)} onChange={(field) => set({ ...compared, field })} />
          <Choice label="Compares" value={compared.op || 'EQ'} disabled={!mayChange} options={operators.map((each) => [each, each] as const)} onChange={(op) => set({ ...compared, op })} />
          <Value value={compared.value} wrong={wrong('condition.value')} onChange={(value) => set({ ...compared, value })} />
        </>
      )}
    </fieldset>
  );
}

/** A value as JSON; what is no JSON is a text. */
function Value({ value, wrong, onChange }: { value: Json | undefined; wrong?: string; onChange: (value: Json | undefined) => void }) {
  const shown = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped((was) => (JSON.stringify(parsed(was)) === JSON.stringify(value) ? was : shown)), [shown]);
  return (
    <TextField
      label="Value"
      mono
      hint='A number, true, false, a list, or a text; "17" in quotes is a text.'
      wrong={wrong}
      value={typed}
      onChange={(text) => {
        setTyped(text);
        onChange(parsed(text));
      }}
    />
  );
}

function parsed(text: string): Json | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
