import { useEffect, useState } from 'react';
import { ComposeFields } from './ComposeFields';
import { changeFacade, type Facade, type FacadeField, type FacadeSide, type Flow, flowInput, flowOutput, type Json, tidy } from './document';
import { Choice, TextField, Tick } from './fields';
import type { Commit } from './history';
import { joins } from './JoinField';
import type { Field, PackageOffered } from './server';
import type { Wrong } from './useCheck';
import { useMessages } from './useEnds';
import { useRows } from './useRows';

interface Props {
  flow: Flow;
  side: FacadeSide;
  commit: Commit;
  packages: PackageOffered[] | null;
  mayChange: boolean;
  /** Of the facade's members. */
  wrong: Wrong;
}

const kinds = [
  'string', 'bool', 'int32', 'int64', 'uint32', 'uint64', 'sint32', 'sint64', 'fixed32', 'fixed64', 'sfixed32', 'sfixed64', 'float', 'double', 'bytes',
  ...['Timestamp', 'Duration', 'Struct', 'Value', 'ListValue', 'Empty'].map((name) => `google.protobuf.${name}`),
];

/** What goes in or comes out at an end of the flow: the message of a placement, or one of the flow's own. */
export function FacadePanel({ flow, side, commit, packages, mayChange, wrong }: Props) {
  const isInput = side === 'input_facade';
  const end = isInput ? flowInput : flowOutput;
  const facade = flow[side];
  const entering = flow.edges.filter((edge) => edge.to === flowOutput).map((edge) => edge.from);
  const [own, ...given] = useMessages(flow, [[end, isInput ? 'output' : 'input'], ...(isInput ? [] : entering.map((each) => [each, 'output'] as const))], packages);
  const set = (part: Partial<Facade>, about: string | null) =>
    commit((was) => ({ ...was, flow: changeFacade(was.flow, side, { ...facade!, ...part }) }), about === null ? null : `${side}.${about}`);
  return (
    <>
      <p className="quiet">{isInput ? 'What a call brings' : 'What a call gets'}{facade ? ', in a message of the flow’s own.' : own!.message ? <>: <code>{own!.message}</code>, of the placement beside it.</> : ': the message of the placement beside it.'}</p>
      <Tick
        label="A message of the flow’s own (a facade)"
        checked={facade !== undefined}
        disabled={!mayChange || !own!.isKnown}
        onChange={(wished) => commit((was) => ({ ...was, flow: changeFacade(was.flow, side, wished ? begun(isInput, own!.fields) : undefined) }))}
      />
      {facade && (
        <>
          <TextField label="Name of the message" mono readOnly={!mayChange} wrong={wrong('message_name')} value={facade.message_name} onChange={(message_name) => set({ message_name }, 'name')} />
          <TextField label="What it says" lines={2} readOnly={!mayChange} wrong={wrong('description')} value={facade.description ?? ''} onChange={(description) => set({ description: description || undefined }, 'description')} />
          <Fields fields={facade.fields} mayChange={mayChange} wrong={wrong} change={(fields, about) => set({ fields }, about)} />
          {isInput ? (
            <Example value={facade.example_input} readOnly={!mayChange} wrong={wrong('example_input')} onChange={(example_input) => set({ example_input }, 'example')} />
          ) : (
            <>
              <Choice label="Comes" value={joins.said(facade.join)} disabled={!mayChange} wrong={wrong('join')} options={joins.options(facade.join)} onChange={(said) => set({ join: joins.of(said) }, null)} />
              <ComposeFields
                plan={facade.compose?.compose_plan}
                sources={entering.map((each, i) => ({ end: each, fields: given[i]!.fields }))}
                to={own!.fields}
                isKnown={own!.isKnown && given.every((each) => each.isKnown)}
                mayChange={mayChange}
                wrong={(path) => wrong(`compose.${path}`)}
                change={(compose_plan, about) => set({ compose: compose_plan && { compose_plan } }, about)}
              />
            </>
          )}
        </>
      )}
    </>
  );
}

/** With the fields that are there already, so that nobody need type them again. */
function begun(isInput: boolean, known: readonly Field[]): Facade {
  const fields = Object.fromEntries(
    known.filter((field) => field.type !== '' && !field.type.startsWith('map<')).map((field): [string, FacadeField] => {
      const [label, kind] = /^(repeated|optional) (.*)$/.exec(field.type)?.slice(1) ?? ['', field.type];
      return [field.name, tidy({ kind: kind!, repeated: label === 'repeated', optional: label === 'optional' }) as FacadeField];
    }),
  );
  return { message_name: isInput ? 'Request' : 'Answer', fields };
}

interface FieldsProps {
  fields: Record<string, FacadeField> | undefined;
  mayChange: boolean;
  wrong: Wrong;
  change: (fields: Record<string, FacadeField> | undefined, about: string | null) => void;
}

function Fields({ fields, mayChange, wrong, change }: FieldsProps) {
  const { rows, put, add, remove } = useRows(fields, change, 'fields');
  const form = (field: FacadeField) => (field.repeated ? 'repeated' : field.optional ? 'optional' : '');
  return (
    <fieldset disabled={!mayChange}>
      <legend>Fields</legend>
      {rows.map(([name, field], i) => (
        <div className="source" key={i} role="group" aria-label={`Field ${i + 1}`}>
          <div className="pair">
            <TextField label="Name" mono value={name} wrong={wrong(`fields.${name}`)} onChange={(next) => put(i, [next, field])} />
            <TextField label="Kind" mono value={field.kind} list={kinds} onChange={(kind) => put(i, [name, { ...field, kind }])} />
          </div>
          <div className="assignment one">
            <Choice
              label="There"
              value={form(field)}
              disabled={!mayChange}
              options={[['', 'once'], ['optional', 'once, or not at all'], ['repeated', 'as a list']]}
              onChange={(said) => put(i, [name, tidy({ ...field, repeated: said === 'repeated', optional: said === 'optional' }) as FacadeField])}
            />
            <button type="button" className="quiet" aria-label={`Remove field ${name || i + 1}`} onClick={() => remove(i)}>✕</button>
          </div>
          <TextField label="About it" value={field.description ?? ''} onChange={(description) => put(i, [name, tidy({ ...field, description }) as FacadeField])} />
        </div>
      ))}
      <button type="button" className="button" onClick={() => add(['', { kind: 'string' }])}>Add a field</button>
    </fieldset>
  );
}

/** A message as JSON; while it is none, the document keeps the last that was. */
function Example({ value, readOnly, wrong, onChange }: { value: Json | undefined; readOnly: boolean; wrong?: string; onChange: (value: Json | undefined) => void }) {
  const shown = value === undefined ? '' : JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState(shown);
  const read = (text: string): { value?: Json; isJson: boolean } => {
    try {
      return { value: text.trim() === '' ? undefined : (JSON.parse(text) as Json), isJson: true };
    } catch {
      return { isJson: false };
    }
  };
  useEffect(() => setTyped((was) => (JSON.stringify(read(was).value) === JSON.stringify(value) ? was : shown)), [shown]);
  return (
    <TextField
      label="An example"
      hint="A message as JSON, which the API’s documentation and the field for a run begin with."
      mono
      lines={5}
      readOnly={readOnly}
      wrong={read(typed).isJson ? wrong : 'This is no JSON yet.'}
      value={typed}
      onChange={(text) => {
        setTyped(text);
        const found = read(text);
        if (found.isJson) onChange(found.value);
      }}
    />
  );
}
