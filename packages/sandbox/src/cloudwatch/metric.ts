/** A metric of CloudWatch. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The values of a metric in one minute, or a part of them. */
export interface Datapoint {
  /** The start of the minute, in milliseconds since the epoch. */
  readonly minute: number;
  readonly sum: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
  /** From when on GetMetricData returns it (ms since the epoch). */
  readonly readableAt: number;
}

/** The datapoints of a metric from `from` up to, but not including, `to`. */
export type MetricSource = (metric: Metric, from: number, to: number) => readonly Datapoint[];

export const minuteMs = 60_000;

export function startOfMinute(time: number): number {
  return time - (time % minuteMs);
}
