// What is asked of the server. Changes are forms with the page's proof, as on every page; answers and refusals are JSON.

import type { Cells } from './document';

export interface Mistake {
  code: string;
  message: string;
  where?: string | null;
  warning?: boolean;
  /** In the text that was sent, from 1; 0 when nothing of it is meant. */
  line?: number;
  /** The value in the document that is meant. */
  path?: string;
}

export interface Graph {
  graph_id: string;
  revision: number;
  mode: 'unary' | 'pipeline';
  input_message: string;
  output_message: string;
  example_input: unknown;
  curl: string;
}

export interface Start {
  /** The run to look at from the beginning. */
  run: string | null;
  name: string | null;
  tenant: string;
  revision: number;
  document: string;
  cells: { placements: Cells };
  graph: Graph | null;
  has_comments: boolean;
  may_change: boolean;
  may_run: boolean;
}

export interface NodeOffered {
  name: string;
  input: string;
  output: string;
  type: 'unary' | 'pipeline';
  description: string;
}

export interface PackageOffered {
  package: string;
  nodes: NodeOffered[];
}

/** More: there are others, which are found by typing a package's name into the text. */
export interface PackagesOffered {
  data: PackageOffered[];
  more: boolean;
}

/** A flow with a graph, which can be placed in another. */
export interface FlowOffered {
  name: string;
  graph_id: string;
}

export interface FlowsOffered {
  data: FlowOffered[];
  more: boolean;
}

export interface Field {
  name: string;
  type: string;
}

export interface Step {
  /** Its number in the run's journal; none while it runs. */
  seq: number | null;
  alias: string;
  status: string;
  attempt: number;
  visit: number | null;
  item: number | null;
  duration_ms: number | null;
}

export interface Run {
  graph_id: string;
  status: string;
  /** Whether it pauses when the steps under way have ended. */
  is_pausing: boolean;
  breakpoints: string[];
  /** Placements that a paused run calls when it goes on. */
  next: string[];
  steps: Step[];
  output: unknown;
  error: { code: string; message: string; node?: string; edge?: string } | null;
}

/** Where a run is to pause. */
export interface Debug {
  breakpoints: string[];
  pauseAtStart: boolean;
}

/** Something that happened in a run; what is told live only has no id. */
export interface RunEvent {
  id: number | null;
  name: string;
  data: Partial<Step>;
}

/** An expected "no", with a sentence for the person and the mistakes that it is about. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly mistakes: Mistake[] = [],
  ) {
    super(detail);
  }
}

const signedOut = new Refused(
  'signed_out',
  'You are signed out. Sign in again in another tab, then repeat this: what you have drawn is still here.',
);
const unreachable = new Refused('unreachable', 'The server does not answer. What you have drawn is still here; try again.');

const proof = () => document.querySelector<HTMLElement>('#proof')!;

async function send<T>(path: string, init?: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers: { Accept: 'application/json' } });
  } catch {
    throw unreachable;
  }
  if (!(answer.headers.get('Content-Type') ?? '').includes('json')) throw answer.redirected ? signedOut : unreachable;
  const body = await answer.json();
  if (!answer.ok) throw new Refused(body.code ?? 'refused', body.detail ?? 'The server refused this.', body.mistakes ?? []);
  return body as T;
}

/** After a new sign-in the page's proof is an old session's: a new one comes with the page. The environment stays the one that was opened. */
async function renewProof() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
  const fresh = page.querySelector<HTMLInputElement>('#proof [name=_token]');
  if (fresh) proof().querySelector<HTMLInputElement>('[name=_token]')!.value = fresh.value;
}

async function post<T>(path: string, fields: Record<string, string> = {}): Promise<T> {
  const form = () => {
    const data = new FormData();
    for (const input of proof().querySelectorAll('input')) data.set(input.name, input.value);
    for (const [name, value] of Object.entries(fields)) data.set(name, value);
    return { method: 'POST', body: data };
  };
  try {
    return await send<T>(path, form());
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'form_outdated') throw error;
    await renewProof();
    return send<T>(path, form());
  }
}

const acceptMs = 5000;

/** What happens in a run after an event, until the run has ended or the connection has. */
async function* events(id: string, after: number | null, signal: AbortSignal): AsyncGenerator<RunEvent> {
  // One that nothing comes from at all, not even its head, is held up on its way.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), acceptMs);
  const answer = await fetch(`/api/v1/runs/${encodeURIComponent(id)}/events`, {
    headers: {
      Accept: 'text/event-stream',
      'Sluice-Environment': proof().querySelector<HTMLInputElement>('[name=_environment]')!.value,
      ...(after === null ? {} : { 'Last-Event-ID': `${after}` }),
    },
    signal: AbortSignal.any([signal, late.signal]),
  });
  clearTimeout(timer);
  if (!answer.ok || !answer.body || !(answer.headers.get('Content-Type') ?? '').startsWith('text/event-stream')) throw unreachable;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + value).split('\n\n');
      rest = parts.pop()!;
      for (const part of parts) {
        const event = eventOf(part);
        if (event) yield event;
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** Null for a comment, which only says that the connection lives. */
function eventOf(text: string): RunEvent | null {
  const fields = new Map(text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
  const [name, data, id] = [fields.get('event'), fields.get('data'), fields.get('id')];
  return name && data ? { id: id === undefined ? null : Number(id), name, data: JSON.parse(data) } : null;
}

const pathOf = (name: string) => `/console/flows/${name.split('/').map(encodeURIComponent).join('/')}/canvas`;

const runOf = (id: string) => `/console/canvas/runs/${encodeURIComponent(id)}`;

export const server = {
  pathOf,
  packages: () => send<PackagesOffered>('/console/canvas/packages'),
  flows: () => send<FlowsOffered>('/console/canvas/flows'),
  messages: (reference: string) => {
    const [, owner, name, version] = /^([^/]+)\/([^@]+)@(.+)$/.exec(reference) ?? [];
    return send<{ messages: Record<string, Field[]> }>(
      `/console/canvas/messages?${new URLSearchParams({ owner: owner ?? '', name: name ?? '', version: version ?? '' })}`,
    );
  },
  check: (document: string) => post<{ passed: boolean; mistakes: Mistake[] }>('/console/canvas/check', { document }),
  layout: (document: string) => post<{ placements: Cells }>('/console/canvas/layout', { document }),
  save: (name: string, document: string, revision: number, consent: Record<string, string>) =>
    post<{ name: string; revision: number }>(`${pathOf(name)}/save`, { document, revision: `${revision}`, ...consent }),
  compile: (name: string) => post<Graph>(`${pathOf(name)}/compile`),
  start: (name: string, input: string, debug: Debug) =>
    post<{ execution_id: string }>(`${pathOf(name)}/run`, {
      input,
      breakpoints: debug.breakpoints.join(' '),
      ...(debug.pauseAtStart ? { pause_at_start: 'yes' } : {}),
    }),
  run: (id: string) => send<Run>(runOf(id)),
  events,
  lead: (id: string, act: 'pause' | 'resume' | 'step' | 'cancel') => post<Run>(`${runOf(id)}/${act}`),
  setBreakpoints: (id: string, breakpoints: string[]) => post<Run>(`${runOf(id)}/breakpoints`, { breakpoints: breakpoints.join(' ') }),
};
