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

/** Everything that the ECS model remembers. */
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
  /** By family; revision n stands at index n - 1. */
  readonly taskDefinitions: Map<string, RegisteredTaskDefinition[]>;
  /** By ARN. */
  readonly tasks: Map<string, TaskRecord>;
  readonly tokens: ClientTokens;
  readonly addresses: IpAddresses;
  readonly counts: { -readonly [K in keyof EcsCounts]: number };
  readonly listeners: Set<(task: Task) => void>;
  readonly plans: EcsPlans;
}

/** What the model has done, so that a run can show that it was put to the test. */
export interface EcsCounts {
  /** RunTask calls that made at least one task. */
  readonly launches: number;
  readonly tasksCreated: number;
  /** RunTask calls answered with an earlier call's result, by `clientToken`. */
  readonly replays: number;
  /** RunTask calls refused because their `clientToken` was used with other parameters. */
  readonly conflicts: number;
  /** Reads of tasks whose answer differed from the present. */
  readonly staleTaskReads: number;
  /** Reads of tags whose answer differed from the present. */
  readonly staleTagReads: number;
}

/** What has been asked for from outside AWS. */
export interface EcsPlans {
  /** The reason of the `failures` that RunTask answers with, while there is no capacity. */
  capacityFailure: { readonly reason: string; callsLeft: number } | undefined;
  /** Adds an EBS volume's attachment in front of the network interface's. */
  volumeAttachmentFirst: boolean;
}

/** Changes a task: raises its version, keeps what it was for stale reads, and tells who listens. */
export function changeTask(state: EcsState, record: TaskRecord, change: Partial<Task>): void {
  const task = { ...record.history.latest, ...change, version: record.history.latest.version + 1 };
  record.history.push(state.clock.now(), task);
  announceTask(state, task);
}

export function announceTask(state: EcsState, task: Task): void {
  for (const listener of state.listeners) listener(task);
}

/** Lets go of tasks that have been stopped for so long that ECS shows them no more. */
export function forgetOldTasks(state: EcsState): void {
  const oldest = state.clock.now() - state.durations.stoppedTaskVisibleMs;
  for (const [arn, record] of state.tasks) {
    const { stoppedAt } = record.history.latest;
    if (stoppedAt !== undefined && stoppedAt.getTime() < oldest) state.tasks.delete(arn);
  }
}
