// References to packages, handle/name@version, with semantic versions.

const split = (reference: string) => {
  const [name = '', version = ''] = reference.split('@');
  const [numbers = '', before = ''] = version.split('+')[0]!.split(/-(.*)/s);
  return { name, numbers: numbers.split('.').map(Number), before };
};

/** By name, then from the newest version to the oldest. */
export function newestFirst(one: string, other: string): number {
  const [a, b] = [split(one), split(other)];
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  for (let i = 0; i < 3; i++) {
    const difference = (b.numbers[i] ?? 0) - (a.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  // What comes before a release is older than it.
  if (a.before === '' || b.before === '') return a.before === b.before ? 0 : a.before === '' ? -1 : 1;
  return b.before.localeCompare(a.before, 'en', { numeric: true });
}

/** The first of each name in a list that is sorted so. */
export const newest = <T extends { package: string }>(sorted: readonly T[]): T[] =>
  sorted.filter((each, i) => i === 0 || sorted[i - 1]!.package.split('@')[0] !== each.package.split('@')[0]);
