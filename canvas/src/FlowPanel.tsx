import { useEffect, useState } from 'react';
import { endName, type Flow, flowInput } from './document';
import { Choice, Sentence, TextField, Tick } from './fields';
import type { Commit } from './history';
import type { Wrong } from './useCheck';

interface Props {
  flow: Flow;
  commit: Commit;
  mayChange: boolean;
  /** Of the document's own members. */
  wrong: Wrong;
}

/** What is said of the flow as a whole. */
export function FlowPanel({ flow, commit, mayChange, wrong }: Props) {
  const set = (part: Partial<Flow>, about: string | null) =>
    commit((was) => ({ ...was, flow: { ...was.flow, ...part } }), about === null ? null : `flow.${about}`);
  // The flow takes the message of a placement to which its input goes whole, unless it has one of its own.
  const entries = flow.edges.filter((edge) => edge.from === flowInput && !edge.adapter).map((edge) => edge.to);
  const starts = [...new Set([...entries, ...(flow.start === undefined ? [] : [flow.start])])];
  return (
    <>
      <h2>The flow</h2>
      <TextField label="Version" mono placeholder="0.1.0" readOnly={!mayChange} wrong={wrong('version')} value={flow.version ?? ''} onChange={(version) => set({ version: version || undefined }, 'version')} />
      <TextField label="Description" lines={3} readOnly={!mayChange} wrong={wrong('description')} value={flow.description ?? ''} onChange={(description) => set({ description: description || undefined }, 'description')} />
      {(!flow.input_facade || flow.start !== undefined) && (
        <Choice
          label="Start"
          hint="The placement whose message the flow takes, where its input goes whole to several."
          value={flow.start ?? ''}
          disabled={!mayChange}
          wrong={wrong('start')}
          options={[['', 'not said'], ...starts.map((alias) => [alias, entries.includes(alias) ? alias : `${alias} (${endName(flowInput)} does not go there whole)`] as const)]}
          onChange={(start) => set({ start: start || undefined }, null)}
        />
      )}
      <SecretRefs flow={flow} mayChange={mayChange} wrong={wrong('run_config')} set={set} />
      <Tick
        label="Works on streams (pipeline mode)"
        checked={flow.pipeline_mode ?? false}
        disabled={!mayChange}
        onChange={(pipeline_mode) => set({ pipeline_mode: pipeline_mode || undefined }, null)}
      />
      {wrong('pipeline_mode') && <p className="mistake"><Sentence text={wrong('pipeline_mode')!} /></p>}
    </>
  );
}

/** Names, one a line; while one types there may be empty lines, of which the document has none. */
function SecretRefs({ flow, mayChange, wrong, set }: { flow: Flow; mayChange: boolean; wrong?: string; set: (part: Partial<Flow>, about: string) => void }) {
  const shown = (flow.run_config?.secret_refs ?? []).join('\n');
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped((was) => (namesIn(was).join('\n') === shown ? was : shown)), [shown]);
  return (
    <TextField
      label="Secrets that it reads"
      hint="Their names, one a line, for people to know what has to be there."
      mono
      lines={2}
      readOnly={!mayChange}
      wrong={wrong}
      value={typed}
      onChange={(text) => {
        setTyped(text);
        const names = namesIn(text);
        set({ run_config: names.length === 0 ? undefined : { secret_refs: names } }, 'secrets');
      }}
    />
  );
}

const namesIn = (text: string) => text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
