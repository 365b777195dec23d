import type { MappingVersions, TargetGroupPort, WaitFor } from './service-mapping.ts';

/**
 * What a task was started with. It travels with the task, so that whoever looks after it later obeys what was asked
 * for then, and not what the mapping says by now.
 */
export interface LaunchFacts {
  /** Unique to the start that launched the task: whoever knows it is the launcher. */
  readonly launchId: string;
  readonly targets: readonly TargetGroupPort[];
  readonly waitFor: WaitFor;
  /** By when the task must be RUNNING (ms since the epoch), counted from before RunTask. `runDeadlineOf` counts from the launch. */
  readonly deadline: number;
  /** How long the task may take to be RUNNING. Tasks of earlier versions have only `deadline`. */
  readonly startTimeoutSeconds?: number;
  /** Which launch token created the task. Tasks of earlier versions do not say. */
  readonly generation?: Generation;
  readonly healthyTimeoutSeconds: number;
  readonly drainSeconds: number;
  readonly exclusiveTargetGroup: boolean;
  /** When the start was asked for, in milliseconds since the epoch. */
  readonly asked: number;
  /** When RunTask was about to be called, in milliseconds since the epoch. Tasks of older versions do not say. */
  readonly launchedAt?: number;
  readonly correlationId: string;
  /** The versions of the mapping that the task was started with. Tasks of earlier versions do not say. */
  readonly mappingVersions?: MappingVersions;
  /** Short digests of the values that overrides can change, by override; `environment.NAME` for a variable. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Proves that this system wrote the facts for this task; added at the launch. Tasks of earlier versions have none. */
  readonly mac?: string;
}

/**
 * Which attempt to launch a generation it is: 0 at first. ECS replays a refusal for lack of capacity with the token, so each
 * attempt after one is named by its UTC minute.
 */
export type LaunchAttempt = number | string;

/** What a launch token is made from, besides the owner. */
export interface Generation {
  /** ARN of the task that this one comes after; `none` for the first generation that ECS remembers. */
  readonly predecessor: string;
  readonly attempt: LaunchAttempt;
}

/** Why a task's launch facts cannot be used. */
export type FactsProblem =
  /** It carries none. */
  | { readonly kind: 'missing' }
  /** They are not what this system writes; `field`: the first one that is out of bounds. */
  | { readonly kind: 'unreadable'; readonly field?: string }
  /** Their MAC is not of this workspace's key and this task, or there is none: somebody else wrote them. */
  | { readonly kind: 'unauthentic' }
  /** They are another task's, with its MAC. */
  | { readonly kind: 'copied'; readonly from: string };

/** Which operation marked a task to go. */
export type RetiredBy = 'stop' | 'restart' | 'start' | 'reconcile';

/** A mark that a task is to go: when the operation behind it was asked for (ms since the epoch), and which it was. */
export interface RetireMark {
  readonly asked: number;
  readonly by: RetiredBy;
}

export interface TaskContainer {
  readonly name: string;
  readonly lastStatus?: string;
  readonly exitCode?: number;
  readonly reason?: string;
}

/**
 * How a task ended. `finished`: the container that ended it exited with 0. `crashed`: a container ended it in another way.
 * `stopped`: somebody called StopTask. `interrupted`: AWS took it down, or does not say why it ended. `failed-to-start`: ECS
 * could not bring it up.
 */
export type EndKind = 'finished' | 'crashed' | 'stopped' | 'interrupted' | 'failed-to-start';

/** An ECS task of ours, as one look found it. */
export interface Task {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly startedBy: string;
  /** PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED. */
  readonly lastStatus: string;
  readonly desiredStatus: string;
  /** Rises with every change of the task. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When ECS began to stop the task (ms since the epoch): from then on ListTasks shows it as STOPPED. */
  readonly stoppingAt?: number;
  /** The IPv4 address, or the IPv6 address of a task that has no other. */
  readonly privateIp?: string;
  /** Also where `privateIp` is the same. */
  readonly privateIpv6?: string;
  readonly containers: readonly TaskContainer[];
  /** The container that was given the launch facts and the mapping's environment: the service itself. */
  readonly mainContainer?: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  /** Undefined when the task does not carry any that can be used; `factsProblem` says why. */
  readonly facts?: LaunchFacts;
  readonly factsProblem?: FactsProblem;
  /** The mark that it is to go; read from the task's tags, or from the reason with which it was stopped. */
  readonly retire?: RetireMark;
  /** The latest start that adopted this task, in milliseconds since the epoch; later than `facts.asked`. */
  readonly adoptedAsked?: number;
  /** When a start was first answered that the task is up, in milliseconds since the epoch. */
  readonly upAt?: number;
}

const statusesUpToRunning = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING']);

/** Whether ECS still means to run the task: desiredStatus RUNNING and lastStatus not past RUNNING. */
export function isLive(task: Task): boolean {
  return task.desiredStatus === 'RUNNING' && statusesUpToRunning.has(task.lastStatus);
}

/** Whether the task is live but marked to go. Such a task is never adopted and never registered. */
export function isRetiring(task: Task): task is Task & { readonly retire: RetireMark } {
  return isLive(task) && task.retire !== undefined;
}

/** Whether the task says how it was started. One that does not was started by somebody else. */
export function isForeign(task: Task): boolean {
  return task.facts === undefined;
}

/** Whether the task is live and meant to stay. */
export function isKept(task: Task): boolean {
  return isLive(task) && task.retire === undefined;
}

/** Whether traffic can be sent to the task: it is to stay, runs, and has an address. */
export function isAddressable(task: Task): task is Task & { readonly privateIp: string } {
  return isKept(task) && task.lastStatus === 'RUNNING' && task.privateIp !== undefined;
}

const startingStatuses = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

/** Nobody registers a task before it is RUNNING: until then its target groups need not be read. */
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

/** By when the task must be RUNNING, in milliseconds since the epoch: the timeout counts from when ECS created the task. */
export function runDeadlineOf({ facts, createdAt }: Task): number | undefined {
  if (facts?.startTimeoutSeconds === undefined || createdAt === 0) return facts?.deadline;
  return createdAt + facts.startTimeoutSeconds * 1000;
}

/**
 * How long after its request a task may be launched without a look for the note of a stop that has overtaken the request, in
 * milliseconds. The second look of such a stop finds what is launched sooner.
 */
export const lateAfterMs = 5_000;

/** Whether ECS created the task so long after its last request that a stop in between may have missed it. */
export function isLate(task: Task): boolean {
  return task.facts !== undefined && task.createdAt - lastAskedFor(task) > lateAfterMs;
}

/** ECS shows a task for at least so long after its end. */
const endedVisibleMs = 3_600_000;

/** Whether the facts may be those of another task, which has ended. Reconcile retires the copies while ECS shows that task. */
export function mayBeCopy({ facts, createdAt }: Task, now: number): boolean {
  return facts?.mac !== undefined && now - createdAt < endedVisibleMs;
}

/** Whether the task ended of itself, or for want of capacity: not because somebody stopped it. */
export function endedOfItself(task: Task): boolean {
  return !isLive(task) && task.stopCode !== undefined && task.stopCode !== 'UserInitiated';
}

/** When the task was last asked for: by the start that launched it, or by a later one that adopted it. */
export function lastAskedFor(task: Task): number {
  return Math.max(task.facts?.asked ?? 0, task.adoptedAsked ?? 0);
}
