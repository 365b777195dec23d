import type { RoutedGroup } from './route.ts';

/**
 * What CloudWatch shows of one target group: values by the start of their minute, in milliseconds since the epoch. A minute without a
 * datapoint is absent.
 */
export interface GroupUse {
  readonly requests: ReadonlyMap<number, number>;
  readonly healthyHosts: ReadonlyMap<number, number>;
  /** False when AWS answered only in part: absent minutes then prove nothing. */
  readonly isComplete: boolean;
}

/** Counts the requests of target groups. Rejects with the same codes as `TaskRunner`. */
export interface RequestMeter {
  /**
   * The use of each group, by the ARN of its target group.
   * @param fromAt The first minute: the one that contains this time, in milliseconds since the epoch.
   * @param toAt Minutes that start at or after this time are left out (ms since the epoch).
   */
  read(groups: readonly RoutedGroup[], fromAt: number, toAt: number): Promise<ReadonlyMap<string, GroupUse>>;
}
