import { useEffect, useState } from 'react';

export type Row<T> = [name: string, value: T];

/**
 * Rows of a mapping while they are typed: two may have the same name for a moment, which a mapping cannot hold. What is undone, or comes
 * from elsewhere, shows in the rows.
 */
export function useRows<T>(mapping: Record<string, T> | undefined, change: (mapping: Record<string, T> | undefined, about: string | null) => void, about: string) {
  const [rows, setRows] = useState<Row<T>[]>(Object.entries(mapping ?? {}));
  const said = JSON.stringify(mapping ?? null);
  useEffect(() => {
    setRows((was) => (JSON.stringify(was.length > 0 ? Object.fromEntries(was) : null) === said ? was : Object.entries(mapping ?? {})));
  }, [said]);
  const set = (next: Row<T>[], step: string | null = about) => {
    setRows(next);
    change(next.length === 0 ? undefined : Object.fromEntries(next), step);
  };
  return {
    rows,
    set,
    put: (at: number, row: Row<T>) => set(rows.map((each, i) => (i === at ? row : each))),
    add: (row: Row<T>) => set([...rows, row], null),
    remove: (at: number) => set(rows.filter((_, i) => i !== at), null),
  };
}
