/** Something that speaks AWS's protocols, and where the suite may make what it needs. */
export interface Backend {
  readonly name: string;
  /** Why it cannot run on this machine; undefined where it can. */
  readonly unavailable?: string;
  /** It puts stale reads and the like in the way, and counts them. */
  readonly makesItHard?: true;
  start(): Promise<RunningBackend>;
}

export interface RunningBackend extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly vpcId: string;
  /** Makes the next matching call go wrong, where the backend can. */
  readonly plant?: (plan: PlantedTrouble) => void;
  /** What it has put in the way of this run so far; printed at the end, and none of it may be zero. */
  readonly hardships?: () => Hardships;
}

export interface Hardships {
  /** What all chance was drawn from. */
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
