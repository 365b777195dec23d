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
  /** What DescribeTargetHealth shows of all registered and draining targets. */
  readonly history: History<readonly TargetView[]>;
  /** Counts the requests that were forwarded, for round robin. */
  forwarded: number;
  /** Members that the sandbox keeps and does not know. */
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
  /** Such as `200`, `200,202` or `200-299`. */
  readonly matcher: string;
  /** Members of `Matcher` that the sandbox keeps and does not know. */
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

/** As DescribeTargetHealth shows it. */
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
  /** What a test wants to be seen instead of `health`. */
  pinned: TargetHealth | undefined;
  /** Checks in a row that had the same outcome. */
  passes: number;
  failures: number;
  /** Rises when the target is registered, deregistered or put out of use: results of older checks are ignored. */
  epoch: number;
  /** The epoch whose check has not been answered yet. */
  checkedEpoch: number | undefined;
  cancelNext: () => void;
  /** Until then a draining target may still be chosen, as it was before. */
  chosenUntil: number;
  healthBeforeDraining: TargetHealth | undefined;
}
