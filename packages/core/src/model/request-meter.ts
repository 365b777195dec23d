import type { RoutedGroup } from './route.ts';

/**
 * What the metrics show of one target group: values by the start of their minute, in milliseconds since the epoch. A minute without
 * a value is absent.
 */
export interface GroupUse {
  /** Requests that the group's targets received. A minute without requests has no value. */
  readonly requests: ReadonlyMap<number, number>;
  /** Healthy targets. Each observed minute has a value. */
  readonly healthyHosts: ReadonlyMap<number, number>;
  /** False when AWS answered only in part: absent minutes then prove nothing. */
  readonly isComplete: boolean;
}

/** Counts the requests of services that requests can wake. Rejects with the same codes as `TaskRunner`. */
export interface RequestMeter {
  /**
   * @param fromAt the start of the first minute, and `toAt` the end of the last one, in milliseconds since the epoch
   * @returns by target group ARN; a group whose requests cannot be counted is absent
   */
  read(groups: readonly RoutedGroup[], fromAt: number, toAt: number): Promise<ReadonlyMap<string, GroupUse>>;
}
