import type { Trouble } from './troubles.ts';

/** One of the four services that share the cluster: two names in each of two workspaces. */
export interface Owner {
  readonly workspace: 'dev' | 'prod';
  readonly service: 'auth' | 'pdf';
}

/** How one event is delivered. */
export interface Delivery {
  /** How long before its arrival it was asked for, in milliseconds. */
  readonly lateMs: number;
  /** The milliseconds after the first one at which further copies arrive. */
  readonly copies: readonly number[];
  /** The process that takes it is never heard of again after this call, which took effect or did not. */
  readonly dies?: { readonly atCall: number; readonly afterEffect: boolean };
  /** Lambda tries an asynchronous invocation again; a direct caller does not. */
  readonly asynchronous: boolean;
}

export type WaitFor = 'none' | 'running' | 'healthy';

/** What a start requests besides its service. */
export interface Overrides {
  readonly mode?: 'blue' | 'green';
  readonly revision?: 1 | 2;
  /** The second cluster instead of the mapping's. */
  readonly elsewhere?: true;
}

export type Act =
  | {
      readonly kind: 'start';
      readonly owner: Owner;
      readonly delivery: Delivery;
      readonly waitFor?: WaitFor;
      readonly overrides?: Overrides;
    }
  | { readonly kind: 'stop' | 'restart'; readonly owner: Owner; readonly delivery: Delivery }
  | {
      readonly kind: 'reconcile';
      readonly workspace: Owner['workspace'];
      readonly dies?: NonNullable<Delivery['dies']>;
    }
  /** What ends a task that nobody stops; `finish` is exit code 0. */
  | { readonly kind: 'crash' | 'finish' | 'spot'; readonly owner: Owner }
  /** Somebody else runs a task in the service's name, with facts that are made up or copied from its latest task. */
  | {
      readonly kind: 'forge';
      readonly owner: Owner;
      readonly facts: 'made-up' | 'copied';
      readonly takesToken: boolean;
    }
  /** What tasks that are started from now on answer to health checks. */
  | { readonly kind: 'health'; readonly statusCode: 200 | 503 }
  | { readonly kind: 'capacity'; readonly available: boolean }
  | {
      readonly kind: 'edit';
      readonly owner: Owner;
      readonly port: 8080 | 8081;
      readonly groups: 'first' | 'second' | 'both';
    }
  /** The second target group is deleted for good, and the mapping names the first alone from now on. */
  | { readonly kind: 'delete-group'; readonly owner: Owner }
  /** The next calls of the operation. */
  | { readonly kind: 'trouble'; readonly operation: string; readonly trouble: Trouble; readonly times: number }
  /**
   * The next call of the operation: AWS carries it out this long after it was sent. So many of the SDK's three attempts, each of
   * five seconds, are not answered.
   */
  | {
      readonly kind: 'late';
      readonly operation: string;
      readonly effectAfterMs: number;
      readonly unanswered: number;
    }
  /** All calls of the operation for a while, or those of some callers, or most. */
  | {
      readonly kind: 'outage';
      readonly operation: string;
      readonly trouble: Trouble;
      readonly forMs: number;
      readonly share: 'all' | 'half of the callers' | 'most calls';
    };

export interface Step {
  /** How long after the step before it happens, in milliseconds. */
  readonly afterMs: number;
  readonly act: Act;
}

/** What of AWS can be read late. */
export type OldRead = 'tasks' | 'tags' | 'targets';

/** Everything that one run does and everything that is left to chance in it. */
export interface Script {
  readonly seed: number;
  /** How long AWS takes for things: at most a tenth of a second, or up to some seconds. */
  readonly pace: 'hasty' | 'steady';
  /** How many of ECS' state-change events arrive, from 0 to 1; those that do are late, doubled and out of order. */
  readonly eventShare: number;
  readonly ipReuse: number;
  readonly throttling: 'off' | 'documented';
  /** What is read late, by seconds; all reads are stale by up to a second. */
  readonly oldReads: readonly OldRead[];
  /** Whether hours pass. */
  readonly isAged: boolean;
  /**
   * Whose the target groups are. `own`: each service has two of its own. `declared`: `exclusiveTargetGroup` is false, and
   * somebody else registers a target in each group. `shared`: all services of a workspace stand in one group, and their mappings
   * say so with `exclusiveTargetGroup: false`. `undeclared`: the same, and the mappings do not say so.
   */
  readonly groups: 'own' | 'declared' | 'shared' | 'undeclared';
  /** Whether requests wake the services: their rules also forward to the activator, and every route has to settle. */
  readonly wakes: boolean;
  /** Whether starts may name a second cluster. */
  readonly hasSecondCluster: boolean;
  readonly steps: readonly Step[];
}
