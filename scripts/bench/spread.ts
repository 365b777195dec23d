/** Median, extremes and the 99th percentile of a number of measurements. */
export interface Spread {
  readonly median: number;
  readonly p99: number;
  readonly smallest: number;
  readonly largest: number;
  readonly count: number;
}

/** @throws RangeError for no measurements at all */
export function spreadOf(measurements: readonly number[]): Spread {
  const sorted = measurements.toSorted((a, b) => a - b);
  const [smallest] = sorted;
  const largest = sorted.at(-1);
  if (smallest === undefined || largest === undefined) throw new RangeError('nothing was measured');
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? largest;
  return { median, p99, smallest, largest, count: sorted.length };
}
