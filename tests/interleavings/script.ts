import type { Trouble } from './troubles.ts';

/** One of the four services that share the cluster: two names in each of two workspaces. */
export interface Owner {
  readonly workspace: 'dev' | 'prod';
  readonly service: 'auth' | 'pdf';
}

/** How one event is delivered. */
export interface Delivery {
  /** How long before its arrival the request was made, in milliseconds. */
  readonly lateMs: number;
  /** When further copies arrive, in milliseconds after the first. */
  readonly copies: readonly number[];
  /** The process dies at this call, before or after the call takes effect. */
  readonly dies?: { readonly atCall: number; readonly afterEffect: boolean };
  /** Lambda retries an asynchronous invocation; a direct caller does not retry. */
  readonly asynchronous: boolean;
}

export type WaitFor = 'none' | 'running' | 'healthy';

/** The overrides of a start. */
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
      /** A request reaches the activator, which requests the start; nothing happens while requests go to the service. */
      readonly isWake?: true;
    }
  | { readonly kind: 'stop' | 'restart'; readonly owner: Owner; readonly delivery: Delivery }
  | {
      readonly kind: 'reconcile';
      readonly workspace: Owner['workspace'];
      readonly dies?: NonNullable<Delivery['dies']>;
    }
  /** How a task ends without a stop; `finish` is exit code 0. */
  | { readonly kind: 'crash' | 'finish' | 'spot'; readonly owner: Owner }
  /** Another principal runs a task in the service's name, with facts that are invented or copied from its latest task. */
  | {
      readonly kind: 'forge';
      readonly owner: Owner;
      readonly facts: 'made-up' | 'copied';
      readonly takesToken: boolean;
    }
  /** How tasks started from now on answer health checks. */
  | { readonly kind: 'health'; readonly statusCode: 200 | 503 }
  | { readonly kind: 'capacity'; readonly available: boolean }
  | {
      readonly kind: 'edit';
      readonly owner: Owner;
      readonly port: 8080 | 8081;
      readonly groups: 'first' | 'second' | 'both';
    }
  /** The second target group is deleted permanently, and the mapping then names only the first. */
  | { readonly kind: 'delete-group'; readonly owner: Owner }
  /** A fault of the operation's next calls. */
  | { readonly kind: 'trouble'; readonly operation: string; readonly trouble: Trouble; readonly times: number }
  /**
   * The operation's next call takes effect this long after it was sent. This many of the SDK's three attempts, of five seconds
   * each, are not answered.
   */
  | {
      readonly kind: 'late';
      readonly operation: string;
      readonly effectAfterMs: number;
      readonly unanswered: number;
    }
  /** A fault of all calls of the operation for a while, or of those of some callers, or of most calls. */
  | {
      readonly kind: 'outage';
      readonly operation: string;
      readonly trouble: Trouble;
      readonly forMs: number;
      readonly share: 'all' | 'half of the callers' | 'most calls';
    };

export interface Step {
  /** The pause after the previous step, in milliseconds. */
  readonly afterMs: number;
  readonly act: Act;
}

/** The parts of AWS that can be read late. */
export type OldRead = 'tasks' | 'tags' | 'targets';

/** Everything that one run does, including its random choices. */
export interface Script {
  readonly seed: number;
  /** The latency of AWS: at most a tenth of a second, or up to some seconds. */
  readonly pace: 'hasty' | 'steady';
  /** The share of ECS's state-change events that arrive, from 0 to 1. They arrive late, twice and out of order. */
  readonly eventShare: number;
  readonly ipReuse: number;
  readonly throttling: 'off' | 'documented';
  /** What is read late by seconds. All other reads are stale by up to a second. */
  readonly oldReads: readonly OldRead[];
  /** Whether hours pass. */
  readonly isAged: boolean;
  /**
   * Who uses the target groups. `own`: each service has its own two. `declared`: `exclusiveTargetGroup` is false, and another
   * system registers a target in each group. `shared`: all services of a workspace use one group, and their mappings say so with
   * `exclusiveTargetGroup: false`. `undeclared`: as `shared`, but the mappings do not say so.
   */
  readonly groups: 'own' | 'declared' | 'shared' | 'undeclared';
  /** Whether requests wake the services: their rules also forward to the activator, and every route has to settle. */
  readonly wakes: boolean;
  /** Whether starts may name a second cluster. */
  readonly hasSecondCluster: boolean;
  readonly steps: readonly Step[];
}
