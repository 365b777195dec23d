import type { History } from '../history.ts';

/** A target group and its targets. */
export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly protocol: string;
  readonly protocolVersion: string;
  readonly port: number;
  readonly vpcId: string;
  readonly targetType: string;
  readonly ipAddressType: string;
  healthCheck: HealthCheckSettings;
  readonly attributes: Map<string, string>;
  /** By `id:port`. */
  readonly targets: Map<string, TargetRecord>;
  /** The DescribeTargetHealth results of all registered and draining targets. */
  readonly history: History<readonly TargetView[]>;
  /** Number of forwarded requests, for round robin. */
  forwarded: number;
  /** Unknown members, stored unchanged. */
  readonly others: Readonly<Record<string, unknown>>;
}

export interface HealthCheckSettings {
  readonly enabled: boolean;
  readonly protocol: string;
  /** `traffic-port` or a number. */
  readonly port: string;
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** The status codes, such as `200`, `200,202` or `200-299`. */
  readonly matcher: string;
  /** Unknown members of `Matcher`, stored unchanged. */
  readonly otherMatchers: Readonly<Record<string, unknown>>;
}

export type TargetState =
  | 'initial'
  | 'healthy'
  | 'unhealthy'
  | 'unhealthy.draining'
  | 'unused'
  | 'draining'
  | 'unavailable';

/** The health as returned by DescribeTargetHealth. */
export interface TargetHealth {
  readonly State: TargetState;
  readonly Reason?: string;
  readonly Description?: string;
}

export interface TargetView {
  readonly id: string;
  readonly port: number;
  readonly availabilityZone: string | undefined;
  readonly health: TargetHealth;
}

export interface TargetRecord {
  readonly id: string;
  readonly port: number;
  readonly availabilityZone: string | undefined;
  health: TargetHealth;
  /** Overrides `health`, for tests. */
  pinned: TargetHealth | undefined;
  /** Consecutive checks with the same result. */
  passes: number;
  failures: number;
  /** Incremented when the target is registered, deregistered or unused, so that results of older checks are ignored. */
  epoch: number;
  /** The epoch of the pending check. */
  checkedEpoch: number | undefined;
  cancelNext: () => void;
  /** Until this time a draining target may still be chosen. */
  chosenUntil: number;
  healthBeforeDraining: TargetHealth | undefined;
}
