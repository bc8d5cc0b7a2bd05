import {
  changeConfig,
  changePlacement,
  type Config,
  connect,
  edgeId,
  endName,
  type Flow,
  flowInput,
  flowOutput,
  hasAlias,
  openEnds,
  type Placement,
  remove,
  rename,
  tidy,
} from './document';
import { newestFirst } from './versions';
import { Choice, SettledField, TextField, Tick, wholeNumber } from './fields';
import { focusBoard } from './Board';
import type { Commit } from './history';
import type { PackageOffered } from './server';
import type { Breakpoints } from './useBreakpoints';
import type { StepShown } from './useRun';

interface Props {
  flow: Flow;
  id: string;
  commit: Commit;
  select: (ids: ReadonlySet<string>) => void;
  packages: PackageOffered[] | null;
  mayChange: boolean;
  /** What it came to in the run that is looked at. */
  step?: StepShown;
  run: string | null;
  /** Null: none can be set here. */
  breakpoints: Breakpoints | null;
}

/** A placement, or one of the flow's two ends: what it is, and where it leads. */
export function PlacementPanel(props: Props) {
  const { flow, id, commit, select, mayChange } = props;
  const placement = flow.nodes.find((node) => node.alias === id);
  return (
    <>
      <h2>{placement ? `Placement ${id}` : endName(id)}</h2>
      {props.step && props.run && (
        <p>In this run: <b>{props.step.state}</b>{props.step.calls > 1 && ` after ${props.step.calls} calls`}. <a href={`/console/runs/${props.run}#step-${id}`}>What went in and came out</a>, <a href={`/console/runs/${props.run}/replay?from=${encodeURIComponent(id)}`}>Replay from here</a></p>
      )}
      {placement && props.breakpoints && (
        <Tick label="Runs pause before it (a breakpoint)" checked={props.breakpoints.has(id)} onChange={() => props.breakpoints!.toggle(id)} />
      )}
      {placement && <Settings {...props} placement={placement} />}
      {id === flowInput && <p className="quiet">What a call brings. {flow.input_facade ? `A message of the flow's own, ${flow.input_facade.message_name}; the text editor changes it.` : 'It is the message of the placement to which an edge leads from here.'}</p>}
      {id === flowOutput && <p className="quiet">What a call gets. {flow.output_facade ? `A message of the flow's own, ${flow.output_facade.message_name}; the text editor changes it.` : 'It is the message of the placement from which an edge leads here.'}</p>}
      <Wires {...props} />
      {placement && mayChange && (
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
            Remove {id}
          </button>
        </div>
      )}
    </>
  );
}

function Settings({ flow, id, commit, select, packages, mayChange, breakpoints, placement }: Props & { placement: Placement }) {
  const config = (change: Partial<Config>, about: string) =>
    commit((was) => ({ ...was, flow: changeConfig(was.flow, id, change) }), `${id}.${about}`);
  const offered = packages?.find((each) => each.package === placement.package)?.nodes ?? [];
  const others = flow.nodes.filter((node) => node.alias !== id).map((node) => node.alias);
  const versions = (packages ?? [])
    .map((each) => each.package)
    .filter((each) => each.split('@')[0] === placement.package?.split('@')[0])
    .sort(newestFirst);
  const now = placement.config ?? {};
  return (
    <>
      <SettledField
        label="Alias"
        value={placement.alias}
        readOnly={!mayChange}
        mono
        check={(alias) =>
          !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(alias) ? 'A letter, then letters, digits, _ and -.'
          : hasAlias(flow, alias) ? 'Another placement has this alias.'
          : undefined
        }
        onChange={(alias) => {
          commit((was) => {
            const { [id]: cell, ...cells } = was.cells;
            return { flow: rename(was.flow, id, alias), cells: cell ? { ...cells, [alias]: cell } : cells };
          });
          breakpoints?.renamed(id, alias);
          select(new Set([alias]));
        }}
      />
      {placement.subflow ? (
        <p className="quiet">Runs the graph <code>{placement.subflow}</code>.</p>
      ) : (
        <>
          <Choice
            label="Package"
            value={placement.package ?? ''}
            disabled={!mayChange}
            options={[...new Set([...(versions.includes(placement.package ?? '') ? [] : [placement.package ?? '']), ...versions])].map((each) => [each, each] as const)}
            onChange={(reference) => commit((was) => ({ ...was, flow: changePlacement(was.flow, id, { package: reference }) }))}
          />
          <Choice
            label="Node"
            value={placement.node ?? ''}
            disabled={!mayChange}
            options={[...new Set([placement.node ?? '', ...offered.map((node) => node.name)])].map((each) => [each, each] as const)}
            onChange={(node) => commit((was) => ({ ...was, flow: changePlacement(was.flow, id, { node }) }))}
          />
        </>
      )}
      <div className="pair">
        <TextField
          label="Timeout in ms"
          type="number"
          readOnly={!mayChange}
          value={now.timeout_ms?.toString() ?? ''}
          placeholder="the config's"
          onChange={(text) => config({ timeout_ms: wholeNumber(text) }, 'timeout')}
        />
        <TextField
          label="Attempts"
          type="number"
          readOnly={!mayChange}
          value={now.retry?.max_attempts?.toString() ?? ''}
          placeholder="1"
          onChange={(text) => config({ retry: tidy({ ...now.retry, max_attempts: wholeNumber(text) }) }, 'retry')}
        />
      </div>
      <Choice
        label="Starts"
        value={`${now.join?.kind ?? ''} ${now.join?.failure_policy ?? ''}`.trim()}
        disabled={!mayChange}
        options={[
          ['', 'when all edges are taken'],
          ['AND TOLERATE_FAILURES', 'when all are decided, one at least taken'],
          ['XOR', 'with the first edge taken, once'],
          ...(now.join && !['', 'AND TOLERATE_FAILURES', 'XOR'].includes(`${now.join.kind ?? ''} ${now.join.failure_policy ?? ''}`.trim())
            ? [[`${now.join.kind ?? ''} ${now.join.failure_policy ?? ''}`.trim(), 'as the text says'] as const]
            : []),
        ]}
        onChange={(said) => {
          const [kind, policy] = said.split(' ');
          config({ join: kind ? { kind, ...(policy ? { failure_policy: policy } : {}) } : undefined }, 'join');
        }}
      />
      <Choice
        label="Undone by"
        value={now.compensate ?? ''}
        disabled={!mayChange}
        options={[['', 'nothing'], ...others.map((alias) => [alias, alias] as const)]}
        onChange={(compensate) => config({ compensate: compensate || undefined }, 'compensate')}
      />
      {now.compose !== undefined && <p className="quiet">Its input is put together by a compose plan; the text editor changes that.</p>}
    </>
  );
}

/** Edges from and to here, and a way to draw another without a mouse. */
function Wires({ flow, id, commit, select, mayChange }: Props) {
  const own = flow.edges.filter((edge) => edge.from === id || edge.to === id);
  const open = openEnds(flow, id);
  return (
    <>
      <h3>Edges</h3>
      {own.length === 0 && <p className="quiet">None yet.</p>}
      <ul className="plain wires">
        {own.map((edge) => (
          <li key={edgeId(edge)}>
            <button type="button" className="quiet" onClick={() => select(new Set([edgeId(edge)]))}>
              {edge.from === id ? `to ${endName(edge.to)}` : `from ${endName(edge.from)}`}
            </button>
          </li>
        ))}
      </ul>
      {mayChange && open.length > 0 && (
        <Choice
          label="Connect to"
          value=""
          options={[['', 'choose …'], ...open.map((end) => [end, endName(end)] as const)]}
          onChange={(end) => {
            if (end === '') return;
            commit((was) => ({ ...was, flow: connect(was.flow, id, end) }));
          }}
        />
      )}
    </>
  );
}
