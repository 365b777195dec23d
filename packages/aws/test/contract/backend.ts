import type { PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';

/** An implementation of AWS's APIs in which the suite may create resources. */
export interface Backend {
  readonly name: string;
  /** Why it cannot run on this machine; undefined if it can. */
  readonly unavailable?: string;
  /** Its difficulties, such as stale reads, and how often they occurred. */
  readonly makesItHard?: true;
  start(): Promise<RunningBackend>;
}

export interface RunningBackend extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly vpcId: string;
  /** Makes the next matching call fail, if the backend can. */
  readonly plant?: (plan: PlantedTrouble) => void;
  /** Publishes metrics as AWS's own services do. Default: PutMetricData, which the backend accepts for every namespace. */
  readonly publish?: (input: PutMetricDataCommandInput) => void;
  /** The difficulties of this run so far. They are printed at the end, and none may be zero. */
  readonly hardships?: () => Hardships;
}

export interface Hardships {
  /** The seed of all randomness. */
  readonly seed: number;
  readonly staleReads: number;
  readonly replayedTokens: number;
  readonly conflicts: number;
}

/** A fault for the next calls of an operation. */
export interface PlantedTrouble {
  readonly operation: string;
  readonly fault:
    | { readonly kind: 'throttle' | 'server-error' | 'access-denied' | 'drop-after' }
    | { readonly kind: 'capacity'; readonly reason: string };
  /** Number of calls, default 1. */
  readonly times?: number;
}
