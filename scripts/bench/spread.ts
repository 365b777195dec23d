/** Median, extremes and 99th percentile of measurements. */
export interface Spread {
  readonly median: number;
  readonly p99: number;
  readonly smallest: number;
  readonly largest: number;
  readonly count: number;
}

/** @throws RangeError without measurements */
export function spreadOf(measurements: readonly number[]): Spread {
  const sorted = measurements.toSorted((a, b) => a - b);
  const [smallest] = sorted;
  const largest = sorted.at(-1);
  if (smallest === undefined || largest === undefined) throw new RangeError('there are no measurements');
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? largest;
  return { median, p99, smallest, largest, count: sorted.length };
}
