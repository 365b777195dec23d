import type { StartOverrides } from './contract.ts';
import type { ErrorCode, StartEnginesError } from './errors.ts';
import type { NotIdle } from './idle.ts';
import type { HealthState, ObservedTarget } from './ports.ts';
import type { RoutedGroup, RouteState } from './route.ts';
import type { MappingProblem, MappingVersions, TargetGroupPort, WaitFor } from './service-mapping.ts';
import type { EndKind, FactsProblem, RetireMark, TaskContainer } from './task.ts';

export interface StartRequest {
  readonly service: string;
  /** When it was requested, in milliseconds since the epoch. */
  readonly asked: number;
  /** Overrides the mapping's `wait`. Needs no permission. */
  readonly waitFor?: WaitFor;
  /** How long the service is requested for, in seconds. Overrides the mapping's `leaseSeconds`. */
  readonly leaseSeconds?: number;
  readonly overrides: StartOverrides;
}

export interface OperationContext {
  readonly correlationId: string;
  /** When the operation must be over, clean-up included, in milliseconds since the epoch. */
  readonly deadline: number;
  /**
   * When this process received the request, in milliseconds since the epoch. Nothing is launched from a mapping that was
   * read earlier.
   */
  readonly receivedAt: number;
}

export interface StartedTarget extends TargetGroupPort {
  readonly healthStatus: HealthState;
  /** Why the target gets no requests, if the load balancer gives a reason: `Target.NotInUse`. */
  readonly healthReason?: string;
}

/** A start that succeeded. */
export interface StartOutcome {
  readonly service: string;
  readonly taskArn: string;
  readonly taskId: string;
  /** False only for the start that launched the task. */
  readonly reused: boolean;
  /** What the start waited for. With `none`, `privateIp` and `targets` are absent. */
  readonly waitedFor: WaitFor;
  /** How the task ended, if this request had started it before and it has ended since. */
  readonly ended?: string;
  /** Why the running task gets no requests from the load balancer, if known: `unused (Target.NotInUse)`. */
  readonly unreachable?: string;
  /** Set if start-engines cannot send requests to the task: a listener rule is not its own, does not exist or could not be read. */
  readonly route?: 'foreign' | 'missing' | 'unknown';
  readonly privateIp?: string;
  /** One for each target group, in the mapping's order. */
  readonly targets?: readonly [StartedTarget, ...StartedTarget[]];
}

/** One service of a start of several. */
export type StartResult =
  | { readonly ok: true; readonly outcome: StartOutcome }
  | { readonly ok: false; readonly service: string; readonly error: StartEnginesError };

export interface StopRequest {
  readonly service: string;
  /** When it was requested, in milliseconds since the epoch. */
  readonly asked: number;
  /** True: requests do not wake the service afterwards. False: they may again, and nothing is stopped. */
  readonly pause?: boolean | undefined;
}

export interface DeregisteredTarget extends TargetGroupPort {
  readonly ip: string;
}

/** What a stop did. */
export interface StopOutcome {
  readonly service: string;
  /** ARNs of the tasks that it found and that are no longer live, including those that another operation stopped. */
  readonly tasksStopped: readonly string[];
  readonly targetsDeregistered: readonly DeregisteredTarget[];
  /**
   * `not-running`: there was nothing to stop. `kept`: a later start keeps the service up. `resumed`: a pause was ended, and nothing
   * was stopped.
   */
  readonly status: 'stopped' | 'not-running' | 'kept' | 'resumed';
  /** Requests do not wake the service until a start or `pause: false`. */
  readonly paused?: true;
}

export type StopResult =
  | { readonly ok: true; readonly outcome: StopOutcome }
  | { readonly ok: false; readonly service: string; readonly error: StartEnginesError };

/** A restart: the task that serves now, and those that it replaced. */
export interface RestartOutcome extends StartOutcome {
  readonly replacedTasks: readonly string[];
}

/** What reconcile did for one service. */
export interface ReconcileOutcome {
  readonly service: string;
  readonly registered: readonly DeregisteredTarget[];
  readonly deregistered: readonly DeregisteredTarget[];
  readonly tasksRetired: readonly string[];
  readonly tasksStopped: readonly string[];
  /** Why a service that is up is not stopped for being idle; absent for a service without `idle`. */
  readonly notIdle?: NotIdle;
  /** What reconcile noticed and leaves to people, such as a task of a service without a mapping. */
  readonly remarks: readonly string[];
}

/** What reconcile would do for one service, and why. */
export interface ReconcileForecast extends ReconcileOutcome {
  /** The deviations found, one sentence each. */
  readonly drift: readonly string[];
}

export interface TaskStatus {
  readonly taskArn: string;
  readonly taskId: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly ageSeconds: number;
  readonly privateIp?: string;
  /** Set even if `privateIp` is the same address. */
  readonly privateIpv6?: string;
  readonly retire?: RetireMark;
  /** Until when the service is requested, in milliseconds since the epoch; absent without an end. */
  readonly leaseUntil?: number;
  /** Why the task is foreign: no operation registers or adopts it. Then `launch` is undefined. */
  readonly factsProblem?: FactsProblem & {
    /** The problem, and how to stop the task. */
    readonly message: string;
  };
  /** What the task was started with. */
  readonly launch?: {
    readonly asked: number;
    readonly correlationId: string;
    readonly waitFor: WaitFor;
    readonly deadline: number;
    readonly targets: readonly TargetGroupPort[];
    /** The versions of the mapping that the task was started with; undefined for tasks of an earlier version. */
    readonly mappingVersions?: MappingVersions;
  };
}

export interface TargetGroupStatus {
  readonly targetGroupArn: string;
  readonly targets: readonly ObservedTarget[];
  /** Why the group could not be read; `targets` is empty then. */
  readonly problem?: string;
}

/** A service's live tasks, and its last one. */
export interface ServiceStatus {
  readonly service: string;
  /** The live tasks, newest first. */
  readonly tasks: readonly TaskStatus[];
  readonly targetGroups: readonly TargetGroupStatus[];
  /** The task that ended last, for about an hour after its end. */
  readonly lastStop?: {
    readonly taskArn: string;
    readonly code?: string;
    readonly reason?: string;
    /** `finished`: the container that ended the task exited with 0. */
    readonly kind: EndKind;
    /** The container that ended the task, if known, and its exit code. */
    readonly container?: string;
    readonly exitCode?: number;
    /** The end in a sentence. */
    readonly message: string;
    /** How its containers ended, as far as ECS shows. */
    readonly containers: readonly Pick<TaskContainer, 'name' | 'exitCode' | 'reason'>[];
  };
  readonly mapping: {
    readonly versions?: MappingVersions;
    readonly problems: readonly MappingProblem[];
  };
  /** Only for a service that requests can wake. */
  readonly sleep?: SleepStatus;
  /** What could not be read or does not exist, so that the answer has gaps. Absent when there is nothing to report. */
  readonly problems?: readonly StatusProblem[];
}

/** Whether a service that requests can wake is up. Times are in milliseconds since the epoch. */
export interface SleepStatus {
  readonly state: 'asleep' | 'waking' | 'up' | 'paused' | 'failed';
  /** Since when requests have not woken the service. */
  readonly pausedAt?: number;
  /** When requests start the service again after its last starts failed. */
  readonly retryAt?: number;
  readonly routes: readonly (RoutedGroup & { readonly state: RouteState | 'unknown'; readonly problem?: string })[];
  /** When the service was last used, as far as is known now. Only with `idle`. */
  readonly lastUsedAt?: number;
  /** When an idle stop may begin, unless the service is used until then. */
  readonly idleAt?: number;
}

export interface StatusProblem {
  readonly code: ErrorCode;
  readonly message: string;
}
