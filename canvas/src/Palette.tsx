import { type DragEvent, useMemo, useState } from 'react';
import { dragType } from './Board';
import { Note, TextField } from './fields';
import { newest, newestFirst } from './versions';
import type { Placed } from './document';
import type { FlowsOffered, PackagesOffered } from './server';

interface Props {
  offered: PackagesOffered | null;
  isPipeline: boolean;
  /** What can be placed as a subflow; null while it is asked for. */
  flows: FlowsOffered | null;
  add: (placed: Placed) => void;
}

const most = 60;

/** The tenant's nodes, found by name, message or package: added by a button, or dragged onto the board. */
export function Palette({ offered, flows, isPipeline, add }: Props) {
  const [wish, setWish] = useState('');
  const packages = useMemo(() => [...(offered?.data ?? [])].sort((a, b) => newestFirst(a.package, b.package)), [offered]);
  if (offered === null) return <p className="quiet" role="status">Loading nodes …</p>;
  const words = wish.toLowerCase().split(/\s+/).filter(Boolean);
  // Older versions come with an @ in the search; a placement can be given any of them.
  const found = (wish.includes('@') ? packages : newest(packages)).flatMap((each) =>
    each.nodes
      .filter((node) => isPipeline || node.type === 'unary')
      .filter((node) => {
        const said = `${node.name} ${each.package} ${node.input} ${node.output} ${node.description}`.toLowerCase();
        return words.every((word) => said.includes(word));
      })
      .map((node) => ({ package: each.package, ...node })),
  );
  return (
    <>
      <TextField label="Search nodes" type="search" value={wish} onChange={setWish} placeholder="name, message or package" />
      <p className="unseen" role="status">{found.length} {found.length === 1 ? 'node' : 'nodes'} found</p>
      {packages.length === 0 && (
        <Note kind="info">There are no packages yet. Push one with <code>sluice push</code>; its nodes are offered here.</Note>
      )}
      {packages.length > 0 && found.length === 0 && <p className="quiet">No node has all of these words.</p>}
      <ul className="plain palette">
        {found.slice(0, most).map((node) => (
          <li
            key={`${node.package}/${node.name}`}
            draggable
            onDragStart={(event) => carry(event, { package: node.package, node: node.name })}
          >
            <div>
              <b>{node.name}</b> <span className="quiet">{node.package}</span>
              <p className="shape"><code>{node.input}</code> → <code>{node.output}</code></p>
              {node.description && <p className="quiet">{node.description}</p>}
            </div>
            <button type="button" className="button" aria-label={`Add ${node.name} of ${node.package}`} onClick={() => add({ package: node.package, node: node.name })}>Add</button>
          </li>
        ))}
      </ul>
      {!isPipeline && <Flows flows={flows} words={words} add={add} />}
      {found.length > most && <p className="quiet">{found.length - most} more; search for them.</p>}
      {offered.more && <p className="quiet">There are more packages than are offered here; the text editor takes any.</p>}
    </>
  );
}

/** Flows of the tenant, placed in this one as they were compiled last. */
function Flows({ flows, words, add }: { flows: FlowsOffered | null; words: string[]; add: Props['add'] }) {
  const found = (flows?.data ?? []).filter((flow) => words.every((word) => `${flow.name} flow subflow`.includes(word)));
  if (found.length === 0) return null;
  return (
    <>
      <h3>Flows</h3>
      <ul className="plain palette">
        {found.slice(0, most).map((flow) => (
          <li key={flow.graph_id} draggable onDragStart={(event) => carry(event, { subflow: flow.graph_id, name: flow.name })}>
            <div><b>{flow.name}</b><p className="quiet">as it was compiled last</p></div>
            <button type="button" className="button" aria-label={`Add the flow ${flow.name}`} onClick={() => add({ subflow: flow.graph_id, name: flow.name })}>Add</button>
          </li>
        ))}
      </ul>
      {(found.length > most || flows!.more) && <p className="quiet">There are more flows; the text editor takes the graph of any.</p>}
    </>
  );
}

function carry(event: DragEvent, placed: Placed) {
  event.dataTransfer.setData(dragType, JSON.stringify(placed));
  event.dataTransfer.effectAllowed = 'copy';
}
