import { useReactFlow } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Board } from './Board';
import { Consent } from './Consent';
import { type Cell, edgeId, flowInput, flowOutput, freeAlias, freeCell, hasAlias, named, type Placed, place, read, withCells } from './document';
import { EdgePanel } from './EdgePanel';
import { Note, TextField } from './fields';
import { FlowPanel } from './FlowPanel';
import { useHistory } from './history';
import { Mistakes, said } from './Mistakes';
import { Palette } from './Palette';
import { PlacementPanel } from './PlacementPanel';
import { RunPanel, UsePanel } from './RunPanel';
import { type FlowsOffered, type Mistake, type PackagesOffered, type Start, server } from './server';
import { useBreakpoints } from './useBreakpoints';
import { useCheck, wrongIn } from './useCheck';
import { useRun } from './useRun';
import { useStore } from './useStore';

type Tab = 'add' | 'details' | 'run' | 'use';

const nothing: ReadonlySet<string> = new Set();
const none: readonly string[] = [];

export function App({ start }: { start: Start }) {
  const [first] = useState(() => read(start.document));
  const { drawing, commit, undo, redo, mayUndo, mayRedo } = useHistory({ flow: first.flow, cells: start.cells.placements });
  const { flow, cells } = drawing;
  const [opened] = useState(drawing);
  const [selected, setSelected] = useState(nothing);
  const [tab, setTab] = useState<Tab>(start.run !== null ? 'run' : start.may_change && first.flow.nodes.length === 0 ? 'add' : 'details');
  const [packages, setPackages] = useState<PackagesOffered | null>(null);
  const [flows, setFlows] = useState<FlowsOffered | null>(null);
  const [input, setInput] = useState<string | null>(null);
  const [isNameless, setNameless] = useState(false);
  const board = useReactFlow();
  const nameField = useRef<HTMLDivElement>(null);
  const store = useStore(start, first.isExact);
  const watched = useRun(start.run);
  const breakpoints = useBreakpoints(flow, watched, start.run !== null);
  const mayDebug = start.may_run && !flow.pipeline_mode;
  const checked = useCheck(flow, start.tenant, start.may_change);

  // Cells are written once somebody has placed something: a document that was never drawn stays without them.
  const isDrawn = cells !== opened.cells || opened.flow.nodes.some((node) => node.col !== undefined);
  const wanted = useMemo(() => (isDrawn ? withCells(flow, cells) : flow), [flow, cells, isDrawn]);
  const isDirty = JSON.stringify(wanted) !== JSON.stringify(store.savedFlow ?? opened.flow);
  const isCurrent = !isDirty && store.graph !== null && store.graph.revision === store.saved.revision;

  const { forget } = store;
  useEffect(forget, [flow, forget]);
  useEffect(() => {
    server.packages().then(setPackages, () => setPackages({ data: [], more: false }));
    server.flows().then(setFlows, () => setFlows({ data: [], more: false }));
  }, []);
  useEffect(() => {
    if (!isDirty) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [isDirty]);
  useEffect(() => {
    const steps = (event: KeyboardEvent) => {
      // In a field these are the field's own.
      if (!(event.ctrlKey || event.metaKey) || (event.target as Element).closest('input, textarea, select')) return;
      if (event.key === 'z' || event.key === 'Z') (event.shiftKey ? redo : undo)();
      else if (event.key === 'y') redo();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', steps);
    return () => removeEventListener('keydown', steps);
  }, [undo, redo]);
  useEffect(() => {
    if (!mayDebug) return;
    const mark = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'b' || event.ctrlKey || event.metaKey || event.altKey) return;
      const alias = (event.target as Element).closest<HTMLElement>('.react-flow__node')?.dataset.id;
      if (alias !== undefined && hasAlias(flow, alias)) breakpoints.toggle(alias);
    };
    addEventListener('keydown', mark);
    return () => removeEventListener('keydown', mark);
  }, [flow, breakpoints, mayDebug]);

  useEffect(() => {
    // Also on what is selected already, of which nothing changes that would bring the panel up.
    const bring = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.target as Element).matches('.react-flow__node, .react-flow__edge')) setTab('details');
    };
    addEventListener('keydown', bring);
    return () => removeEventListener('keydown', bring);
  }, []);

  const known = (id: string) => id === flowInput || id === flowOutput || hasAlias(flow, id) || flow.edges.some((edge) => edgeId(edge) === id);
  const mistakes = useMemo(() => Map.groupBy(checked.mistakes.filter((mistake) => mistake.where), (mistake) => mistake.where!) as Map<string, Mistake[]>, [checked.mistakes]);
  const choose = (ids: ReadonlySet<string>) => {
    setSelected(ids);
    if (ids.size > 0) setTab('details');
  };
  /** Selects something from a list, and brings it into sight. */
  const show = (id: string) => {
    choose(new Set([id]));
    const ends = id.split(' -> ');
    void board.fitView({ nodes: ends.map((end) => ({ id: end })), maxZoom: 1, padding: 1 });
  };

  const add = (placed: Placed, wish?: Cell) => {
    const [wished, what] = 'subflow' in placed ? [placed.name.split('/').at(-1)!, { subflow: placed.subflow }] : [placed.node, placed];
    const alias = freeAlias(flow, wished);
    const [only] = selected;
    const beside = only === undefined ? undefined : cells[only];
    const right = Math.max(-1, ...flow.nodes.map((each) => cells[each.alias]?.col ?? 0));
    const cell = freeCell(cells, wish ?? (beside ? { col: beside.col + 1, row: beside.row } : { col: right + 1, row: 0 }));
    commit((was) => ({ flow: place(was.flow, { alias, ...what }), cells: { ...was.cells, [alias]: cell } }));
    setSelected(new Set([alias]));
    if (wish) return;
    requestAnimationFrame(() => void board.fitView({ maxZoom: 1, padding: 0.06 }));
  };

  const save = async () => {
    setNameless(flow.name === '');
    if (flow.name === '') {
      nameField.current?.querySelector('input')?.focus();
      return null;
    }
    const saved = await store.save(wanted);
    if (saved && start.name === null) becomeItsPage(saved.name);
    return saved;
  };
  const compile = async () => {
    const saved = isDirty || store.saved.name === null ? await save() : { name: store.saved.name };
    return saved === null ? null : store.compile(saved.name);
  };
  const run = async (input: string, pauseAtStart: boolean) => {
    const compiled = isCurrent || !start.may_change ? store.graph : await compile();
    if (compiled === null) return;
    const begun = await store.attempt('Starting', () => server.start(flow.name, input, { breakpoints: breakpoints.aliases, pauseAtStart }));
    if (begun) watched.watch(begun.execution_id);
  };
  const layOut = async () => {
    const laid = await store.attempt('Laying out', () => server.layout(JSON.stringify(named(flow, start.tenant))));
    if (!laid) return;
    commit((was) => ({ ...was, cells: { ...was.cells, ...laid.placements } }));
    requestAnimationFrame(() => void board.fitView({ maxZoom: 1, padding: 0.06 }));
  };

  const [id] = selected;
  const edge = flow.edges.find((each) => edgeId(each) === id);
  const here = id === undefined ? [] : (mistakes.get(id) ?? []);
  const tabs: [Tab, string][] = [...(start.may_change ? [['add', 'Add node'] as [Tab, string]] : []), ['details', 'Details'], ['run', 'Run'], ['use', 'Use via API']];
  return (
    <div className="canvas">
      <Consent question={store.question} />
      {start.name === null && store.saved.name === null && (
        <div ref={nameField}>
        <TextField
          label="Name"
          wrong={flow.name === '' ? (isNameless ? 'Give the flow a name, then save it.' : undefined) : wrongIn(checked.mistakes, '')('name')}
          value={flow.name.split('/')[1] ?? ''}
          placeholder="hello"
          hint={`Lower-case letters, digits and -; the flow is called ${start.tenant}/${flow.name.split('/')[1] || 'NAME'}.`}
          onChange={(name) => commit((was) => ({ ...was, flow: { ...was.flow, name: name === '' ? '' : `${start.tenant}/${name.trim()}` } }), 'name')}
        />
        </div>
      )}
      <div className="bar" role="group" aria-label="Canvas">
        {start.may_change && (
          <>
            <button type="button" className="button" disabled={!mayUndo} onClick={undo}>Undo</button>
            <button type="button" className="button" disabled={!mayRedo} onClick={redo}>Redo</button>
            <button type="button" className="button" disabled={flow.nodes.length === 0 || store.busy !== null} onClick={layOut}>Lay out</button>
          </>
        )}
        <p className={`checked ${checked.state === 'done' ? (said(checked) === 'No mistakes' ? 'good' : 'bad') : ''}`} role="status">{said(checked)}</p>
        <p className="quiet" role="status">{store.busy ? `${store.busy} …` : store.notice || (isDirty ? 'Not saved' : '')}</p>
        {start.may_change && (
          <>
            <button type="button" className="button" disabled={store.busy !== null || (!isDirty && store.saved.name !== null)} onClick={save}>Save</button>
            <button type="button" className={`button ${isCurrent ? '' : 'first'}`} disabled={store.busy !== null || isCurrent || flow.nodes.length === 0} onClick={compile}>{isDirty ? 'Save and compile' : 'Compile'}</button>
          </>
        )}
      </div>
      {store.refusal && tab !== 'run' && (
        <Note kind="bad">
          <p>{store.refusal.code === 'flow_invalid' ? 'The flow has mistakes:' : store.refusal.detail}</p>
          <Mistakes mistakes={store.refusal.mistakes} known={known} select={show} />
        </Note>
      )}
      <a className="skip" href="#canvas-panel">To the panel</a>
      <div className="work">
        <Board drawing={drawing} commit={commit} selected={selected} select={choose} mistakes={mistakes} steps={watched.steps} next={watched.run?.next ?? none} breakpoints={mayDebug ? breakpoints : null} mayChange={start.may_change} drop={add} />
        <aside className="side" id="canvas-panel" tabIndex={-1} aria-label="Panel">
          <div className="tabs" role="group" aria-label="Show">
            {tabs.map(([each, name]) => (
              <button key={each} type="button" aria-pressed={tab === each} onClick={() => setTab(each)}>{name}</button>
            ))}
          </div>
          <div className="panel" key={tab === 'details' ? id : tab}>
            {tab === 'add' && <Palette offered={packages} flows={flows && { ...flows, data: flows.data.filter((each) => each.name !== flow.name) }} isPipeline={flow.pipeline_mode ?? false} add={add} />}
            {tab === 'run' && (
              <RunPanel flow={flow} graph={store.graph} watched={watched} isCurrent={isCurrent} mayChange={start.may_change} mayRun={start.may_run} busy={store.busy !== null} refusal={store.refusal} input={input} setInput={setInput} start={run} breakpoints={breakpoints} select={show} />
            )}
            {tab === 'use' && <UsePanel graph={store.graph} isCurrent={isCurrent} />}
            {tab === 'details' && id !== undefined && known(id) && (
              <button type="button" className="quiet" onClick={() => setSelected(nothing)}>← The flow</button>
            )}
            {tab === 'details' && here.length > 0 && <Mistakes mistakes={here} known={known} />}
            {tab === 'details' && edge && <EdgePanel flow={flow} edge={edge} commit={commit} select={choose} packages={packages?.data ?? null} mayChange={start.may_change} wrong={wrongIn(checked.mistakes, `edges.${flow.edges.indexOf(edge)}`)} />}
            {tab === 'details' && id !== undefined && !edge && known(id) && (
              <PlacementPanel flow={flow} id={id} commit={commit} select={choose} packages={packages?.data ?? null} mayChange={start.may_change} step={watched.steps.get(id)} run={watched.id} breakpoints={mayDebug ? breakpoints : null} flows={flows?.data ?? []} wrong={wrongIn(checked.mistakes, `nodes.${flow.nodes.findIndex((node) => node.alias === id)}`)} wrongInFlow={(member) => wrongIn(checked.mistakes, member)} />
            )}
            {tab === 'details' && (id === undefined || !known(id)) && (
              <>
                <Overview mistakes={checked.mistakes} known={known} show={show} isEmpty={flow.nodes.length === 0} />
                <FlowPanel flow={flow} commit={commit} mayChange={start.may_change} wrong={wrongIn(checked.mistakes, '')} />
              </>
            )}
          </div>
        </aside>
      </div>
    </div>
  );
}

/** What there is to say when nothing is selected. */
function Overview({ mistakes, known, show, isEmpty }: { mistakes: Mistake[]; known: (id: string) => boolean; show: (id: string) => void; isEmpty: boolean }) {
  return (
    <>
      {mistakes.length > 0 && (
        <>
          <h2>Mistakes</h2>
          <Mistakes mistakes={mistakes} known={known} select={show} />
        </>
      )}
      <p className="quiet">
        {isEmpty ? 'Add a node to begin.' : 'Select a placement or an edge to see and change it.'} With the keyboard: Tab goes from one to the next, Enter selects, the arrows move, Delete removes, B sets a breakpoint; <b>Connect to</b> in the panel draws an edge.
      </p>
    </>
  );
}

/** A new flow that was saved has a page of its own. */
function becomeItsPage(name: string) {
  const path = `/console/flows/${name}`;
  history.replaceState(null, '', `${path}/canvas`);
  document.title = document.title.replace('New flow', `Canvas of ${name}`);
  document.querySelector('h1')!.textContent = `Canvas of ${name}`;
  const back = document.querySelector<HTMLAnchorElement>('.back a')!;
  back.href = path;
  back.textContent = `← ${name}`;
  document.querySelector<HTMLAnchorElement>('.head .actions a')!.href = `${path}/edit`;
}
