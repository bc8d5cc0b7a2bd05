// What is asked of the server. Changes are forms with the page's proof, as on every page; answers and refusals are JSON.

import type { Cells } from './document';

export interface Mistake {
  code: string;
  message: string;
  where?: string | null;
  warning?: boolean;
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

export interface Field {
  name: string;
  type: string;
}

export interface Step {
  alias: string;
  status: string;
  attempt: number;
  item: number | null;
  duration_ms: number | null;
}

export interface Run {
  status: string;
  steps: Step[];
  output: unknown;
  error: { code: string; message: string; node?: string; edge?: string } | null;
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

const pathOf = (name: string) => `/console/flows/${name.split('/').map(encodeURIComponent).join('/')}/canvas`;

export const server = {
  pathOf,
  packages: () => send<PackagesOffered>('/console/canvas/packages'),
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
  start: (name: string, input: string) => post<{ execution_id: string }>(`${pathOf(name)}/run`, { input }),
  run: (id: string) => send<Run>(`/console/canvas/runs/${encodeURIComponent(id)}`),
};
