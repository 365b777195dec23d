import type { MappingVersions, TargetGroupPort, WaitFor } from './service-mapping.ts';

/**
 * What a task was started with. The facts travel with the task, so later operations follow what was requested then and not
 * today's mapping.
 */
export interface LaunchFacts {
  /** Unique to the start that launched the task. */
  readonly launchId: string;
  readonly targets: readonly TargetGroupPort[];
  readonly waitFor: WaitFor;
  /** When the task must be RUNNING (ms since the epoch), counted from before RunTask. `runDeadlineOf` counts from the launch. */
  readonly deadline: number;
  /** How long the task may take to be RUNNING. Absent on tasks of earlier versions, which have only `deadline`. */
  readonly startTimeoutSeconds?: number;
  /** What the launch token was made from. Absent on tasks of earlier versions. */
  readonly generation?: Generation;
  readonly healthyTimeoutSeconds: number;
  readonly drainSeconds: number;
  readonly exclusiveTargetGroup: boolean;
  /** When the start was requested, in milliseconds since the epoch. */
  readonly asked: number;
  /** When RunTask was about to be called, in milliseconds since the epoch. Absent on tasks of earlier versions. */
  readonly launchedAt?: number;
  readonly correlationId: string;
  /** The versions of the mapping that the task was started with. Absent on tasks of earlier versions. */
  readonly mappingVersions?: MappingVersions;
  /**
   * Which try this is of those in a row that were not up; 1 for a start that a person or an application requested. Absent on tasks of
   * services without a route.
   */
  readonly tries?: number;
  /** A request to the service launched the task, and not a person or an application. */
  readonly wake?: true;
  /** Until when the start requested the service, in milliseconds since the epoch. Absent: without an end. */
  readonly leaseUntil?: number;
  /** Short digests of the values that overrides can change, by override; `environment.NAME` for a variable. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Proves that this system wrote the facts for this task; added at the launch. Tasks of earlier versions have none. */
  readonly mac?: string;
}

/**
 * The number of an attempt to launch a generation: 0 for the first. ECS replays a refusal for lack of capacity with the token,
 * so later attempts are numbered by their UTC minute.
 */
export type LaunchAttempt = number | string;

/** What a launch token is made from, in addition to the owner. */
export interface Generation {
  /** ARN of the previous task; `none` for the first generation that ECS remembers. */
  readonly predecessor: string;
  readonly attempt: LaunchAttempt;
}

/** Why a task's launch facts cannot be used. */
export type FactsProblem =
  /** The task carries none. */
  | { readonly kind: 'missing' }
  /** This system does not write such facts; `field` is the first that is out of bounds. */
  | { readonly kind: 'unreadable'; readonly field?: string }
  /** They have no MAC made with this workspace's key for this task: another party wrote them. */
  | { readonly kind: 'unauthentic' }
  /** They were copied from another task, with its MAC. */
  | { readonly kind: 'copied'; readonly from: string };

/** Which operation marked a task as retiring. */
export type RetiredBy = 'stop' | 'restart' | 'start' | 'reconcile';

/** What kind of stop it is. `pause`: requests do not wake the service afterwards. `idle` and `lease`: no person requested it. */
export type StopKind = 'pause' | 'idle' | 'lease';

/** A mark that retires a task: when the operation was requested (ms since the epoch), and which operation it was. */
export interface RetireMark {
  readonly asked: number;
  readonly by: RetiredBy;
  /** Only with `by: 'stop'`; an ordinary stop has none. */
  readonly kind?: StopKind;
  /** When the mark was written (ms since the epoch). Only marks of services with a route say so. */
  readonly writtenAt?: number;
}

/**
 * A mark on a task: an idle stop is under way, and any use cancels it. `lastAsked` is when the task had last been requested; absent
 * when the mark was removed. Both in milliseconds since the epoch.
 */
export interface Cordon {
  readonly at: number;
  readonly lastAsked?: number;
}

export interface TaskContainer {
  readonly name: string;
  readonly lastStatus?: string;
  readonly exitCode?: number;
  readonly reason?: string;
}

/**
 * How a task ended. `finished`: the container that ended it exited with 0. `crashed`: a container ended it in another way.
 * `stopped`: StopTask was called. `interrupted`: AWS stopped it, or gives no reason. `failed-to-start`: ECS could not start it.
 */
export type EndKind = 'finished' | 'crashed' | 'stopped' | 'interrupted' | 'failed-to-start';

/** A task of this workspace, as one look found it. */
export interface Task {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly startedBy: string;
  /** PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED. AWS-010. */
  readonly lastStatus: string;
  readonly desiredStatus: string;
  /** Increases with every change of the task. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When ECS began to stop the task (ms since the epoch). From then on ListTasks lists it as STOPPED. */
  readonly stoppingAt?: number;
  /** The IPv4 address, or the IPv6 address of a task that has no other. */
  readonly privateIp?: string;
  /** Set even if `privateIp` is the same address. */
  readonly privateIpv6?: string;
  readonly containers: readonly TaskContainer[];
  /** The container with the launch facts and the mapping's environment: the service itself. */
  readonly mainContainer?: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Undefined when the task carries no usable facts; `factsProblem` says why. */
  readonly facts?: LaunchFacts;
  readonly factsProblem?: FactsProblem;
  /** The retire mark, from the task's tags or from its stopped reason. */
  readonly retire?: RetireMark;
  /** All marks, if there are several. When `retire` turns out to be void, another of them may still hold. */
  readonly marks?: readonly RetireMark[];
  /** When the latest start that adopted this task was requested (ms since the epoch); later than `facts.asked`. */
  readonly adoptedAsked?: number;
  /** When the latest request that woke the service and adopted this task was received (ms since the epoch). */
  readonly wokenAsked?: number;
  /** Until when starts that adopted the task requested the service (ms since the epoch); infinite without an end. */
  readonly leaseUntil?: number;
  /** When a start was first answered that the task was up, in milliseconds since the epoch. */
  readonly upAt?: number;
  readonly cordon?: Cordon;
  /** The end of the lease that was last announced, in milliseconds since the epoch. */
  readonly announcedLeaseEnd?: number;
}

// AWS-017
const statusesUpToRunning = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING']);

/** Whether ECS still intends to run the task: desiredStatus RUNNING and lastStatus not past RUNNING. */
export function isLive(task: Task): boolean {
  return task.desiredStatus === 'RUNNING' && statusesUpToRunning.has(task.lastStatus);
}

/** Whether the task is live and carries a retire mark. Such a task is never adopted or registered. */
export function isRetiring(task: Task): task is Task & { readonly retire: RetireMark } {
  return isLive(task) && task.retire !== undefined;
}

/** Whether the task was not started by this system: it carries no usable launch facts. */
export function isForeign(task: Task): boolean {
  return task.facts === undefined;
}

/** Whether the task is live and not retiring. */
export function isKept(task: Task): boolean {
  return isLive(task) && task.retire === undefined;
}

/** Whether the task can receive traffic: it is kept, RUNNING, and has an address. */
export function isAddressable(task: Task): task is Task & { readonly privateIp: string } {
  return isKept(task) && task.lastStatus === 'RUNNING' && task.privateIp !== undefined;
}

const startingStatuses = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

/** Whether the task may be registered. No task is before it is RUNNING, so its target groups need not be read. */
export function mayStandInGroups(task: Task): boolean {
  return task.privateIp !== undefined && !startingStatuses.has(task.lastStatus);
}

/** The last part of the task's ARN. */
export function taskIdOf(taskArn: string): string {
  return taskArn.slice(taskArn.lastIndexOf('/') + 1);
}

/** Newest first: by createdAt, then by ARN. */
export function compareNewestFirst(a: Task, b: Task): number {
  return b.createdAt - a.createdAt || (a.taskArn < b.taskArn ? 1 : a.taskArn > b.taskArn ? -1 : 0);
}

/** When the task must be RUNNING, in milliseconds since the epoch. The timeout counts from the task's creation. */
export function runDeadlineOf({ facts, createdAt }: Task): number | undefined {
  if (facts?.startTimeoutSeconds === undefined || createdAt === 0) return facts?.deadline;
  return createdAt + facts.startTimeoutSeconds * 1000;
}

/**
 * A start that launches later than this after its request, in milliseconds, first reads the note of the latest stop. The second
 * look of a stop finds every task launched sooner.
 */
export const lateAfterMs = 5_000;

/** ECS shows a task for at least this long after its end, in milliseconds. */
const endedVisibleMs = 3_600_000;

/** Whether the facts may be a copy of an ended task's. Reconcile retires the copies while ECS shows that task. */
export function mayBeCopy({ facts, createdAt }: Task, now: number): boolean {
  return facts?.mac !== undefined && now - createdAt < endedVisibleMs;
}

/** Whether the task ended on its own or for lack of capacity, and not because StopTask was called. */
export function endedOfItself(task: Task): boolean {
  return !isLive(task) && task.stopCode !== undefined && task.stopCode !== 'UserInitiated';
}
