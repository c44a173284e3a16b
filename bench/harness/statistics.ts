/** Deterministic random numbers in [0, 1) from a 32-bit seed (mulberry32): runs and their intervals can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A shuffled copy (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

/** The value below which the share `q` (0..1) lies, by linear interpolation between ranks; NaN for no values. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const rank = q * (sorted.length - 1);
  const low = Math.floor(rank);
  const below = sorted[low] as number;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  return below + (above - below) * (rank - low);
}

/** The median of values in any order; NaN for no values. */
export function median(values: readonly number[]): number {
  return quantile([...values].sort((a, b) => a - b), 0.5);
}

/** A middle value and the interval it is believed to lie in. */
export interface Interval {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;

/**
 * The median with its 95 % percentile-bootstrap interval. Under five values the bootstrap of a median is too narrow
 * to believe, so the whole range stands in for it.
 */
export function bootstrapMedian(values: readonly number[], seed = 1): Interval {
  const middle = median(values);
  if (values.length < 5) {
    return { middle, low: values.length ? Math.min(...values) : Number.NaN, high: values.length ? Math.max(...values) : Number.NaN };
  }
  const random = seededRandom(seed);
  const medians = new Float64Array(RESAMPLES);
  const sample = new Float64Array(values.length);
  for (let r = 0; r < RESAMPLES; r++) {
    for (let i = 0; i < sample.length; i++) sample[i] = values[Math.floor(random() * values.length)] as number;
    medians[r] = quantile(sample.sort(), 0.5);
  }
  medians.sort();
  return { middle, low: quantile(medians, 0.025), high: quantile(medians, 0.975) };
}

/** How one variant compares with a reference, from pairs measured in the same round. */
export interface Comparison {
  readonly ratio: Interval;
  readonly difference: Interval;
}

/**
 * Pairs the values of two variants by round and compares within each pair, so that slow drift of the machine cancels.
 * Rounds where either side is missing or the reference is zero are left out; null when none is left.
 */
export function compare(values: ReadonlyMap<number, number>, reference: ReadonlyMap<number, number>): Comparison | null {
  const ratios: number[] = [];
  const differences: number[] = [];
  for (const [round, value] of values) {
    const other = reference.get(round);
    if (other === undefined || other === 0 || !Number.isFinite(value) || !Number.isFinite(other)) continue;
    ratios.push(value / other);
    differences.push(value - other);
  }
  if (ratios.length === 0) return null;
  return { ratio: bootstrapMedian(ratios), difference: bootstrapMedian(differences) };
}
