// The flow's document in its JSON form (spec/flow.md), and what is done to it. A document is never changed: an edit gives a new one,
// so that steps can be undone. What the canvas does not know is carried along untouched.

export const flowInput = '@flow_input';
export const flowOutput = '@flow_output';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Placement {
  alias: string;
  package?: string;
  node?: string;
  subflow?: string;
  /** With a subflow: names of the messages that it is taken to take and give. */
  input?: string;
  output?: string;
  col?: number;
  row?: number;
  config?: Config;
}

/** What can be placed: a node of a package, or another flow by its graph, with the name that its alias begins with. */
export type Placed = { package: string; node: string } | { subflow: string; name: string };

export interface Config {
  timeout_ms?: number;
  retry?: Retry;
  join?: { kind?: string; failure_policy?: string };
  compose?: Compose;
  compensate?: string;
}

export interface Retry {
  max_attempts?: number;
  initial_interval_ms?: number;
  backoff_coefficient?: number;
  max_interval_ms?: number;
  jitter?: number;
  retry_on?: string[];
}

/** How fields are put together from what several sources gave. */
export interface Compose {
  compose_plan?: Record<string, Source>;
}

/** Where a field comes from: a path in what one source gave, or an expression over several. */
export interface Source {
  src_edge?: string;
  src_path?: string;
  cel?: string;
}

/** A message of the flow's own. */
export interface Facade {
  message_name: string;
  description?: string;
  fields?: Record<string, FacadeField>;
  /** Of what comes in only. */
  example_input?: Json;
  /** Of what goes out only. */
  join?: { kind?: string; failure_policy?: string };
  compose?: Compose;
}

export interface FacadeField {
  kind: string;
  repeated?: boolean;
  optional?: boolean;
  description?: string;
}

export type Condition = string | { op?: string; field?: string; value?: Json; cel?: string };

export interface Edge {
  from: string;
  to: string;
  adapter?: Record<string, string>;
  condition?: Condition;
  loop?: boolean;
  max_iterations?: number;
  on_error?: boolean;
  fan_out?: FanOut;
}

export interface FanOut {
  items: string;
  concurrency?: number;
  max_items?: number;
  failure_policy?: string;
}

export interface Flow {
  name: string;
  version?: string;
  description?: string;
  nodes: Placement[];
  edges: Edge[];
  start?: string;
  pipeline_mode?: boolean;
  /** Names for people: nothing is judged by them. */
  run_config?: { secret_refs?: string[] };
  input_facade?: Facade;
  output_facade?: Facade;
}

export interface Cell {
  col: number;
  row: number;
}

/** Where each placement is drawn, by alias. */
export type Cells = Record<string, Cell>;

export const operators = [
  'EQ', 'NEQ', 'LT', 'LTE', 'GT', 'GTE', 'CONTAINS', 'STARTS_WITH', 'ENDS_WITH', 'IN', 'EXISTS',
];

/** Kinds of errors after which an attempt can be made again. */
export const retriedKinds = [
  'NODE_ERROR', 'NODE_TIMEOUT', 'NODE_CRASHED', 'NODE_MEMORY', 'NODE_PROTOCOL', 'NODE_UNAVAILABLE', 'SUBFLOW_FAILED',
];

const largestCell = 9999;

/** How an edge is called where the server speaks of it. */
export const edgeId = (edge: { from: string; to: string }) => `${edge.from} -> ${edge.to}`;

/** How an end is called for people. */
export const endName = (end: string) =>
  end === flowInput ? 'Flow input' : end === flowOutput ? 'Flow output' : end;

type RawJson = { rawJSON(text: string): unknown };
const exact = 'rawJSON' in JSON;

/** Reads a document. A number that a script cannot hold stays as its author wrote it, where the browser can do that. */
export function read(text: string): { flow: Flow; isExact: boolean } {
  const flow = JSON.parse(text, function (this: unknown, _key: string, value: unknown, context?: { source?: string }) {
    return exact && typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? (JSON as unknown as RawJson).rawJSON(context.source)
      : value;
  } as (this: unknown, key: string, value: unknown) => unknown) as Flow;
  return { flow, isExact: exact || !/[:[,]\s*-?[\d.eE+-]{16,}/.test(text) };
}

/** With a name in any case: a new flow is asked for its own when it is saved, not before. */
export const named = (flow: Flow, tenant: string): Flow => (flow.name === '' ? { ...flow, name: `${tenant}/new` } : flow);

/** An object without the members that say nothing, so that a document stays as short as its author would write it. */
export function tidy<T extends object>(value: T): T | undefined {
  const kept = Object.entries(value).filter(([, each]) => each !== undefined && each !== '' && each !== false);
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as T);
}

export const hasAlias = (flow: Flow, alias: string) => flow.nodes.some((node) => node.alias === alias);

/** An alias for a node: its name in lower case, with a number where that is taken. */
export function freeAlias(flow: Flow, node: string): string {
  const plain = node.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().slice(0, 56);
  if (!hasAlias(flow, plain)) return plain;
  for (let i = 2; ; i++) if (!hasAlias(flow, `${plain}_${i}`)) return `${plain}_${i}`;
}

export const place = (flow: Flow, placement: Placement): Flow => ({ ...flow, nodes: [...flow.nodes, placement] });

export const connect = (flow: Flow, from: string, to: string): Flow =>
  flow.edges.some((edge) => edge.from === from && edge.to === to)
    ? flow
    : { ...flow, edges: [...flow.edges, { from, to }] };

/** Whether an edge may be drawn; what it carries is judged by the server. */
export const mayConnect = (from: string, to: string) =>
  from !== flowOutput && to !== flowInput && !(from === flowInput && to === flowOutput);

/** Ends to which an edge may still be drawn from here. */
export const openEnds = (flow: Flow, from: string) =>
  from === flowOutput
    ? []
    : [...flow.nodes.map((node) => node.alias), flowOutput].filter(
        (to) => mayConnect(from, to) && !flow.edges.some((edge) => edge.from === from && edge.to === to),
      );

export const changeEdge = (flow: Flow, id: string, change: Partial<Edge>): Flow => ({
  ...flow,
  edges: flow.edges.map((edge) => (edgeId(edge) === id ? (tidy({ ...edge, ...change }) as Edge) : edge)),
});

export const changePlacement = (flow: Flow, alias: string, change: Partial<Placement>): Flow => ({
  ...flow,
  nodes: flow.nodes.map((node) => (node.alias === alias ? (tidy({ ...node, ...change }) as Placement) : node)),
});

export const changeConfig = (flow: Flow, alias: string, change: Partial<Config>): Flow => ({
  ...flow,
  nodes: flow.nodes.map((node) => {
    if (node.alias !== alias) return node;
    const { config, ...rest } = node;
    const changed = tidy({ ...config, ...change });
    return changed === undefined ? rest : { ...rest, config: changed };
  }),
});

export function changeFacade(flow: Flow, side: FacadeSide, facade: Facade | undefined): Flow {
  const { [side]: _, ...rest } = flow;
  return facade === undefined ? rest : { ...rest, [side]: facade };
}

export type FacadeSide = 'input_facade' | 'output_facade';

/** Takes placements and edges away, with the edges that would lead nowhere and what names the placements. */
export function remove(flow: Flow, gone: ReadonlySet<string>): Flow {
  const { start, ...rest } = flow;
  return {
    ...rest,
    ...(start === undefined || gone.has(start) ? {} : { start }),
    nodes: flow.nodes
      .filter((node) => !gone.has(node.alias))
      .map((node) => (node.config?.compensate && gone.has(node.config.compensate) ? withoutCompensator(node) : node)),
    edges: flow.edges.filter((edge) => !gone.has(edgeId(edge)) && !gone.has(edge.from) && !gone.has(edge.to)),
  };
}

function withoutCompensator(node: Placement): Placement {
  const { config, ...rest } = node;
  const left = tidy({ ...config, compensate: undefined });
  return left === undefined ? rest : { ...rest, config: left };
}

/** Gives a placement another alias, everywhere but in expressions: those are the author's words, and the server names them. */
export function rename(flow: Flow, alias: string, to: string): Flow {
  const renamed = (each: string | undefined) => (each === alias ? to : each);
  const sources = <T extends { compose?: Compose }>(part: T): T =>
    part.compose?.compose_plan === undefined
      ? part
      : {
          ...part,
          compose: {
            ...part.compose,
            compose_plan: Object.fromEntries(
              Object.entries(part.compose.compose_plan).map(([field, source]) => [
                field,
                source.src_edge === alias ? { ...source, src_edge: to } : source,
              ]),
            ),
          },
        };
  return {
    ...flow,
    ...(flow.start === alias ? { start: to } : {}),
    ...(flow.output_facade ? { output_facade: sources(flow.output_facade) } : {}),
    nodes: flow.nodes.map((node) => ({
      ...node,
      alias: renamed(node.alias)!,
      ...(node.config
        ? { config: sources(node.config.compensate === alias ? { ...node.config, compensate: to } : node.config) }
        : {}),
    })),
    edges: flow.edges.map((edge) => ({ ...edge, from: renamed(edge.from)!, to: renamed(edge.to)! })),
  };
}

/** The document with the cells of the drawing in it. */
export const withCells = (flow: Flow, cells: Cells): Flow => ({
  ...flow,
  nodes: flow.nodes.map((node) => ({ ...node, ...cells[node.alias] })),
});

/** The nearest cell that is free, from this one down. */
export function freeCell(cells: Cells, wish: Cell, but: ReadonlySet<string> = new Set()): Cell {
  const taken = new Set(
    Object.entries(cells).filter(([alias]) => !but.has(alias)).map(([, cell]) => `${cell.col},${cell.row}`),
  );
  const bound = (n: number) => Math.min(largestCell, Math.max(0, Math.round(n)));
  const cell = { col: bound(wish.col), row: bound(wish.row) };
  while (taken.has(`${cell.col},${cell.row}`)) cell.row++;
  return cell;
}

/** Moves placements; what stood in their way goes where they were, or to the next free cell. */
export function moveTo(cells: Cells, moves: Cells): Cells {
  const moved = new Set(Object.keys(moves));
  const next: Cells = { ...cells };
  for (const alias of moved) delete next[alias];
  for (const [alias, wish] of Object.entries(moves)) {
    const cell = freeCell(Object.fromEntries(Object.entries(next).filter(([each]) => moved.has(each))), wish);
    const inTheWay = Object.entries(next).find(([, each]) => each.col === cell.col && each.row === cell.row);
    next[alias] = cell;
    const before = cells[alias];
    if (inTheWay && before) {
      delete next[inTheWay[0]];
      next[inTheWay[0]] = freeCell(next, moved.size === 1 ? before : inTheWay[1]);
    }
  }
  return next;
}

/** Where the flow's two ends are drawn: one column outside of all placements, in the middle of what they lead to. */
export function endCells(flow: Flow, cells: Cells): { input: Cell; output: Cell } {
  const cols = flow.nodes.map((node) => cells[node.alias]?.col ?? 0);
  const middle = (aliases: string[]) => {
    const rows = aliases.flatMap((alias) => cells[alias]?.row ?? []).sort((a, b) => a - b);
    return rows[Math.floor(rows.length / 2)] ?? 0;
  };
  return {
    input: {
      col: Math.min(...(cols.length > 0 ? cols : [0])) - 1,
      row: middle(flow.edges.filter((edge) => edge.from === flowInput).map((edge) => edge.to)),
    },
    output: {
      col: Math.max(...(cols.length > 0 ? cols : [0])) + 1,
      row: middle(flow.edges.filter((edge) => edge.to === flowOutput).map((edge) => edge.from)),
    },
  };
}
