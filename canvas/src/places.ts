// Where in the document a mistake is. The server names a line and a column of the text that it was sent; that text has a line for each
// value, so the line says which value is meant.

type Path = string;

/** The document as text, with the path of the value on each of its lines, such as `nodes.3.config.timeout_ms`. */
export function lined(document: unknown): { text: string; paths: Path[] } {
  const paths: Path[] = [];
  visit(document, '', paths);
  return { text: JSON.stringify(document, null, 1), paths };
}

function visit(value: unknown, path: Path, paths: Path[]) {
  paths.push(path);
  const members = parts(value);
  if (members.length === 0) return;
  for (const [key, each] of members) visit(each, path === '' ? key : `${path}.${key}`, paths);
  // The brace that closes it has a line too.
  paths.push(path);
}

/** Empty for what is written on one line. */
function parts(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || isRaw(value)) return [];
  return Object.entries(value).filter(([, each]) => each !== undefined);
}

const isRaw = (value: object) => (JSON as unknown as { isRawJSON?: (value: unknown) => boolean }).isRawJSON?.(value) ?? false;
