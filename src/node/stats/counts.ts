/** Whole numbers that only grow, by name. */
export type Counts = Readonly<Record<string, number>>;

/** Counts as a row has them; a broken one counts nothing. */
export function parseCounts(text: string | null): Counts {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1]))) : {};
  } catch {
    return {};
  }
}

export function sumOf(all: readonly Counts[]): Counts {
  const sums = new Map<string, number>();
  for (const counts of all) for (const [name, value] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + value);
  return Object.fromEntries(sums);
}
