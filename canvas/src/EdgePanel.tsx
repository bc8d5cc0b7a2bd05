import { useEffect, useState } from 'react';
import { changeEdge, type Condition, type Edge, edgeId, endName, type Flow, flowInput, type Json, operators, remove } from './document';
import { focusBoard } from './Board';
import { Choice, TextField, Tick, wholeNumber } from './fields';
import type { Commit } from './history';
import { type Ends, useEnds } from './useEnds';
import type { PackageOffered } from './server';

interface Props {
  flow: Flow;
  edge: Edge;
  commit: Commit;
  select: (ids: ReadonlySet<string>) => void;
  packages: PackageOffered[] | null;
  mayChange: boolean;
}

/** An edge: what it carries, and when it is taken. */
export function EdgePanel({ flow, edge, commit, select, packages, mayChange }: Props) {
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
      <Carries edge={edge} ends={ends} change={change} mayChange={mayChange} />
      <When edge={edge} ends={ends} change={change} mayChange={mayChange} />
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
          <TextField label="At most, times" type="number" value={edge.max_iterations?.toString() ?? ''} onChange={(text) => change({ max_iterations: wholeNumber(text) }, 'times')} />
        )}
        <Tick
          label="A call for each item of a list"
          checked={edge.fan_out !== undefined}
          onChange={(each) => change({ fan_out: each ? { items: '' } : undefined }, null)}
        />
        {edge.fan_out && (
          <TextField
            label="The list"
            hint="The path of a repeated field of what the source gives."
            mono
            value={edge.fan_out.items}
            list={ends.from.map((field) => field.name)}
            onChange={(items) => change({ fan_out: { ...edge.fan_out, items } }, 'items')}
          />
        )}
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

interface PartProps {
  edge: Edge;
  ends: Ends;
  change: (part: Partial<Edge>, about: string | null) => void;
  mayChange: boolean;
}

type Row = [to: string, from: string];

/** The whole message, or chosen fields: each a field of the target and where its value comes from. */
function Carries({ edge, ends, change, mayChange }: PartProps) {
  const [rows, setRows] = useState<Row[]>(Object.entries(edge.adapter ?? {}));
  // What is undone, or comes from elsewhere, shows in the fields; a row that is being typed stays as it is.
  const said = JSON.stringify(edge.adapter ?? null);
  useEffect(() => {
    setRows((was) => (JSON.stringify(edge.adapter ? toAdapter(was) : null) === said ? was : Object.entries(edge.adapter ?? {})));
  }, [said]);
  const set = (next: Row[], about: string | null = 'adapter') => {
    setRows(next);
    change({ adapter: next.length === 0 ? undefined : toAdapter(next) }, about);
  };
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
          <TextField label="Field" mono value={to} list={ends.to.map((field) => field.name)} onChange={(name) => set(rows.map((row, j) => (j === i ? [name, row[1]] : row)))} />
          <TextField label="From" mono value={from} list={ends.from.map((field) => field.name)} placeholder="field, path or expression" onChange={(source) => set(rows.map((row, j) => (j === i ? [row[0], source] : row)))} />
          <button type="button" className="quiet" aria-label={`Remove field ${to || i + 1}`} onClick={() => set(rows.filter((_, j) => j !== i), null)}>✕</button>
        </div>
      ))}
      {rows.length > 0 && (
        <button type="button" className="button" onClick={() => set([...rows, [open[0] ?? '', '']], null)}>Add a field</button>
      )}
    </fieldset>
  );
}

const toAdapter = (rows: Row[]): Record<string, string> => Object.fromEntries(rows);

/** Always, when an expression holds, or when one field compares. */
function When({ edge, ends, change, mayChange }: PartProps) {
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
          value={cel ?? ''}
          onChange={(text) => set({ op: 'CEL', cel: text })}
        />
      )}
      {form === 'comparison' && (
        <>
          <TextField label="Field" mono value={compared.field ?? ''} list={ends.from.map((field) => field.name)} onChange={(field) => set({ ...compared, field })} />
          <Choice label="Compares" value={compared.op || 'EQ'} disabled={!mayChange} options={operators.map((each) => [each, each] as const)} onChange={(op) => set({ ...compared, op })} />
          <Value value={compared.value} onChange={(value) => set({ ...compared, value })} />
        </>
      )}
    </fieldset>
  );
}

/** A value as JSON; what is no JSON is a text. */
function Value({ value, onChange }: { value: Json | undefined; onChange: (value: Json | undefined) => void }) {
  const shown = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped((was) => (JSON.stringify(parsed(was)) === JSON.stringify(value) ? was : shown)), [shown]);
  return (
    <TextField
      label="Value"
      mono
      hint='A number, true, false, a list, or a text; "17" in quotes is a text.'
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
