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
} from './document';
import { ComposeFields } from './ComposeFields';
import { FacadePanel } from './FacadePanel';
import { Choice, NumberField, SettledField, TextField, Tick } from './fields';
import { focusBoard } from './Board';
import type { Commit } from './history';
import { joins } from './JoinField';
import { RetryFields } from './RetryFields';
import type { FlowOffered, PackageOffered } from './server';
import type { Breakpoints } from './useBreakpoints';
import type { Wrong } from './useCheck';
import { useMessages } from './useEnds';
import type { StepShown } from './useRun';
import { newestFirst } from './versions';

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
  flows: FlowOffered[];
  /** Of the placement's members. */
  wrong: Wrong;
  wrongInFlow: (member: 'input_facade' | 'output_facade') => Wrong;
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
      {id === flowInput && <FacadePanel key={id} side="input_facade" wrong={props.wrongInFlow('input_facade')} flow={flow} commit={commit} packages={props.packages} mayChange={mayChange} />}
      {id === flowOutput && <FacadePanel key={id} side="output_facade" wrong={props.wrongInFlow('output_facade')} flow={flow} commit={commit} packages={props.packages} mayChange={mayChange} />}
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

function Settings({ flow, id, commit, select, packages, mayChange, breakpoints, flows, wrong, placement }: Props & { placement: Placement }) {
  const config = (change: Partial<Config>, about: string) =>
    commit((was) => ({ ...was, flow: changeConfig(was.flow, id, change) }), `${id}.${about}`);
  const offered = packages?.find((each) => each.package === placement.package)?.nodes ?? [];
  const others = flow.nodes.filter((node) => node.alias !== id).map((node) => node.alias);
  const versions = (packages ?? [])
    .map((each) => each.package)
    .filter((each) => each.split('@')[0] === placement.package?.split('@')[0])
    .sort(newestFirst);
  const now = placement.config ?? {};
  const isNamed = placement.subflow?.includes('/') ?? false;
  const sources = flow.edges.filter((edge) => edge.to === id && !edge.loop && !edge.on_error).map((edge) => edge.from);
  const [own, ...given] = useMessages(flow, [[id, 'input'], ...sources.map((each) => [each, 'output'] as const)], packages);
  return (
    <>
      <SettledField
        label="Alias"
        value={placement.alias}
        readOnly={!mayChange}
        mono
        wrong={wrong('alias')}
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
        <>
          <Choice
            label="Flow"
            hint={isNamed ? 'Runs what is that flow’s latest graph when this one is compiled.' : `Runs the graph ${placement.subflow}; a later one of that flow is another graph.`}
            value={placement.subflow}
            disabled={!mayChange}
            wrong={wrong('subflow')}
            options={[
              ...(flows.some((each) => each.graph_id === placement.subflow || each.name === placement.subflow) ? [] : [[placement.subflow, isNamed ? placement.subflow : 'an earlier graph'] as const]),
              ...flows
                .filter((each) => each.name !== flow.name)
                .flatMap((each) => [[each.graph_id, `${each.name}, as it was compiled last`] as const, [each.name, `${each.name}, its latest at each compile`] as const]),
            ]}
            onChange={(subflow) => commit((was) => ({ ...was, flow: changePlacement(was.flow, id, { subflow }) }))}
          />
          <div className="pair">
            {(['input', 'output'] as const).map((side) => (
              <TextField
                key={side}
                label={side === 'input' ? 'Has to take' : 'Has to give'}
                mono
                placeholder="any message"
                readOnly={!mayChange}
                wrong={wrong(side)}
                value={placement[side] ?? ''}
                onChange={(message) => commit((was) => ({ ...was, flow: changePlacement(was.flow, id, { [side]: message || undefined }) }), `${id}.${side}`)}
              />
            ))}
          </div>
        </>
      ) : (
        <>
          <Choice
            label="Package"
            value={placement.package ?? ''}
            disabled={!mayChange}
            wrong={wrong('package')}
            options={[...new Set([...(versions.includes(placement.package ?? '') ? [] : [placement.package ?? '']), ...versions])].map((each) => [each, each] as const)}
            onChange={(reference) => commit((was) => ({ ...was, flow: changePlacement(was.flow, id, { package: reference }) }))}
          />
          <Choice
            label="Node"
            value={placement.node ?? ''}
            disabled={!mayChange}
            wrong={wrong('node')}
            options={[...new Set([placement.node ?? '', ...offered.map((node) => node.name)])].map((each) => [each, each] as const)}
            onChange={(node) => commit((was) => ({ ...was, flow: changePlacement(was.flow, id, { node }) }))}
          />
        </>
      )}
      <NumberField
        label="Timeout in ms"
        readOnly={!mayChange}
        wrong={wrong('config.timeout_ms')}
        value={now.timeout_ms}
        placeholder="the config’s"
        onChange={(timeout_ms) => config({ timeout_ms }, 'timeout')}
      />
      <RetryFields retry={now.retry} mayChange={mayChange} wrong={wrong} change={(retry, about) => config({ retry }, `retry.${about}`)} />
      <Choice
        label="Starts"
        value={joins.said(now.join)}
        disabled={!mayChange}
        wrong={wrong('config.join')}
        options={joins.options(now.join)}
        onChange={(said) => config({ join: joins.of(said) }, 'join')}
      />
      <Choice
        label="Undone by"
        value={now.compensate ?? ''}
        disabled={!mayChange}
        wrong={wrong('config.compensate')}
        options={[['', 'nothing'], ...others.map((alias) => [alias, alias] as const)]}
        onChange={(compensate) => config({ compensate: compensate || undefined }, 'compensate')}
      />
      <ComposeFields
        plan={now.compose?.compose_plan}
        sources={sources.map((end, i) => ({ end, fields: given[i]!.fields }))}
        to={own!.fields}
        isKnown={own!.isKnown && given.every((each) => each.isKnown)}
        mayChange={mayChange}
        wrong={(path) => wrong(`config.compose.${path}`)}
        change={(compose_plan, about) => commit((was) => ({ ...was, flow: changeConfig(was.flow, id, { compose: compose_plan && { compose_plan } }) }), about && `${id}.${about}`)}
      />
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
