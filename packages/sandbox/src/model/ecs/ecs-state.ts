import type { SandboxClock } from '../../clock.ts';
import type { SandboxDurations } from '../../durations.ts';
import type { Random } from '../../random.ts';
import type { Account } from '../arn.ts';
import type { Vpc } from '../ec2/vpc.ts';
import type { TaskRuntime } from '../task-runtime.ts';
import type { ClientTokens } from './client-tokens.ts';
import type { Cluster } from './cluster.ts';
import type { EcsService } from './ecs-service.ts';
import type { IpAddresses } from './ip-addresses.ts';
import type { Task } from './task.ts';
import type { RegisteredTaskDefinition } from './task-definition.ts';
import type { TaskRecord } from './task-record.ts';

/** The state of the ECS model. */
export interface EcsState {
  readonly account: Account;
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly durations: SandboxDurations;
  readonly runtime: TaskRuntime;
  readonly vpc: Vpc;
  readonly clusters: Map<string, Cluster>;
  /** By ARN. */
  readonly services: Map<string, EcsService>;
  /** By family. Revision n is at index n - 1. */
  readonly taskDefinitions: Map<string, RegisteredTaskDefinition[]>;
  /** By ARN. */
  readonly tasks: Map<string, TaskRecord>;
  readonly tokens: ClientTokens;
  readonly addresses: IpAddresses;
  readonly counts: { -readonly [K in keyof EcsCounts]: number };
  readonly listeners: Set<(task: Task) => void>;
  readonly plans: EcsPlans;
}

/** Counters that show how much a run has exercised the model. */
export interface EcsCounts {
  /** RunTask calls that launched at least one task. */
  readonly launches: number;
  readonly tasksCreated: number;
  /** RunTask calls that returned an earlier result for their `clientToken`. */
  readonly replays: number;
  /** RunTask calls that failed because their `clientToken` was used with other parameters. */
  readonly conflicts: number;
  /** Reads of tasks whose reply differed from the current state. */
  readonly staleTaskReads: number;
  /** Reads of tags whose reply differed from the current state. */
  readonly staleTagReads: number;
}

/** Settings of the admin methods. */
export interface EcsPlans {
  /** The reason in RunTask's `failures` while there is no capacity. */
  capacityFailure: { readonly reason: string; callsLeft: number } | undefined;
  /** Adds the attachment of an EBS volume before that of the network interface. */
  volumeAttachmentFirst: boolean;
}

/** Changes a task: increments its version, records its history for stale reads, and notifies the listeners. */
// AWS-011
export function changeTask(state: EcsState, record: TaskRecord, change: Partial<Task>): void {
  const task = { ...record.history.latest, ...change, version: record.history.latest.version + 1 };
  record.history.push(state.clock.now(), task);
  announceTask(state, task);
}

export function announceTask(state: EcsState, task: Task): void {
  for (const listener of state.listeners) listener(task);
}

/** Removes tasks that have been stopped for too long to be visible in ECS. */
export function forgetOldTasks(state: EcsState): void {
  const oldest = state.clock.now() - state.durations.stoppedTaskVisibleMs;
  for (const [arn, record] of state.tasks) {
    const { stoppedAt } = record.history.latest;
    if (stoppedAt !== undefined && stoppedAt.getTime() < oldest) state.tasks.delete(arn);
  }
}
