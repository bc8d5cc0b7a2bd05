// How a placement, or the flow's output, waits for its edges: two settings, of which three combinations say something of their own.

interface Join {
  kind?: string;
  failure_policy?: string;
}

const known: readonly (readonly [string, string])[] = [
  ['', 'when all edges are taken'],
  ['AND TOLERATE_FAILURES', 'when all are decided, one at least taken'],
  ['XOR', 'with the first edge taken, once'],
];

const said = (join: Join | undefined) => `${join?.kind ?? ''} ${join?.failure_policy ?? ''}`.trim();

export const joins = {
  said,
  options: (join: Join | undefined) => (known.some(([each]) => each === said(join)) ? known : [...known, [said(join), 'as the text says'] as const]),
  of: (text: string): Join | undefined => {
    const [kind, failure_policy] = text.split(' ');
    return kind ? { kind, ...(failure_policy ? { failure_policy } : {}) } : undefined;
  },
};
