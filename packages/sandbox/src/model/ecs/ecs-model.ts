import type { SandboxClock } from '../../clock.ts';
import type { SandboxDurations } from '../../durations.ts';
import type { Operations } from '../../operation.ts';
import type { Random } from '../../random.ts';
import type { Account } from '../arn.ts';
import { createVpc, type Vpc } from '../ec2/vpc.ts';
import type { TaskRuntime } from '../task-runtime.ts';
import { createClientTokens } from './client-tokens.ts';
import { createClusterOperations } from './cluster-operations.ts';
import type { EcsCounts, EcsState } from './ecs-state.ts';
import { createIpAddresses } from './ip-addresses.ts';
import { createTaskReadOperations } from './read-tasks.ts';
import { countTasksToLaunch, createRunTaskOperations } from './run-task.ts';
import { createServiceOperations } from './service-operations.ts';
import { createStopTaskOperations } from './stop-task-operation.ts';
import { createTagOperations } from './tag-operations.ts';
import type { Tag, Task } from './task.ts';
import type { TaskDefinition } from './task-definition.ts';
import { createTaskDefinitionOperations, findTaskDefinition } from './task-definition-operations.ts';
import type { TaskRecord } from './task-record.ts';
import { taskStateChangeDetail } from './task-state-change.ts';
import { interruptSpot } from './task-stop.ts';

export interface EcsModelOptions extends Account {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly durations: SandboxDurations;
  readonly runtime: TaskRuntime;
  /** The network of the tasks. Default: a new one. */
  readonly vpc?: Vpc;
}

/** The ECS model, without HTTP or the system clock. */
export interface EcsModel {
  readonly operations: Operations;
  /** Calls the listener with the `detail` of every `ECS Task State Change` event. Returns a function that removes the listener. */
  onTaskStateChange(listener: (detail: Readonly<Record<string, unknown>>) => void): () => void;
  /** How many tasks a RunTask call will launch. None if its `clientToken` has been used or the call will fail. */
  tasksToLaunch(input: Readonly<Record<string, unknown>>): number;
  /** The task definition that a name currently refers to, with its roles. `undefined` for an invalid name. */
  findTaskDefinition(identifier: string): TaskDefinition | undefined;
  /** Runs one call as if there were no capacity, without changing `exhaustCapacity`. */
  withoutCapacity<Result>(reason: string, run: () => Result): Result;
  readonly admin: EcsAdmin;
}

/** Controls of the model that AWS does not have. Methods throw a `RangeError` for an unknown task. */
export interface EcsAdmin {
  /** Kills the process of an essential container, as a crash would. */
  crashTask(taskArn: string): void;
  /** Interrupts a Spot task: a two-minute warning, then the end. */
  interruptSpot(taskArn: string): void;
  /**
   * RunTask returns this failure until the capacity is restored, or for `calls` calls. Repeated calls with a
   * used client token do not count: they return the earlier result.
   */
  exhaustCapacity(reason?: string, options?: { readonly calls?: number }): void;
  restoreCapacity(): void;
  /** Probability that a new task gets the most recently released address, 0 to 1. */
  setIpReuseChance(probability: number): void;
  /** Later tasks list the attachment of an EBS volume before that of their network interface. */
  setVolumeAttachmentFirst(on: boolean): void;
  /** The current state and tags of every task that DescribeTasks can still return, without stale reads. */
  tasks(): readonly (Task & { readonly tags: readonly Tag[] })[];
  counts(): EcsCounts;
}

const capacityUnavailable =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

export function createEcsModel(options: EcsModelOptions): EcsModel {
  const { region, accountId, clock, random, durations, runtime } = options;
  const vpc = options.vpc ?? createVpc({ region, accountId });
  const state: EcsState = {
    account: { region, accountId },
    clock,
    random,
    durations,
    runtime,
    vpc,
    clusters: new Map(),
    services: new Map(),
    taskDefinitions: new Map(),
    tasks: new Map(),
    tokens: createClientTokens(),
    addresses: createIpAddresses(random, vpc),
    counts: { launches: 0, tasksCreated: 0, replays: 0, conflicts: 0, staleTaskReads: 0, staleTagReads: 0 },
    listeners: new Set(),
    plans: { capacityFailure: undefined, volumeAttachmentFirst: false },
  };

  return {
    operations: {
      ...createClusterOperations(state),
      ...createTaskDefinitionOperations(state),
      ...createServiceOperations(state),
      ...createRunTaskOperations(state),
      ...createTaskReadOperations(state),
      ...createStopTaskOperations(state),
      ...createTagOperations(state),
    },
    onTaskStateChange(listener) {
      const hear = (task: Task): void => listener(taskStateChangeDetail(task, clock.now()));
      state.listeners.add(hear);
      return () => state.listeners.delete(hear);
    },
    tasksToLaunch: (input) => countTasksToLaunch(state, input),
    findTaskDefinition(identifier) {
      try {
        return findTaskDefinition(state, identifier)?.definition;
      } catch {
        // The operation itself rejects the name.
        return undefined;
      }
    },
    withoutCapacity(reason, run) {
      const planned = state.plans.capacityFailure;
      state.plans.capacityFailure = { reason, callsLeft: Number.POSITIVE_INFINITY };
      try {
        // RunTask decides before it returns, so no other call can intervene.
        return run();
      } finally {
        state.plans.capacityFailure = planned;
      }
    },
    admin: createEcsAdmin(state),
  };
}

function createEcsAdmin(state: EcsState): EcsAdmin {
  function findRecord(taskArn: string): TaskRecord {
    const record = state.tasks.get(taskArn);
    if (record === undefined) throw new RangeError(`there is no task ${taskArn}`);
    return record;
  }

  return {
    crashTask(taskArn) {
      const record = findRecord(taskArn);
      const essential = record.definition.containerDefinitions.find((container) => container.essential);
      record.processes.get(essential?.name ?? '')?.kill('SIGKILL');
    },
    interruptSpot: (taskArn) => interruptSpot(state, findRecord(taskArn)),
    exhaustCapacity(reason = capacityUnavailable, { calls = Number.POSITIVE_INFINITY } = {}) {
      state.plans.capacityFailure = { reason, callsLeft: calls };
    },
    restoreCapacity() {
      state.plans.capacityFailure = undefined;
    },
    setIpReuseChance: (probability) => state.addresses.setReuseChance(probability),
    setVolumeAttachmentFirst(on) {
      state.plans.volumeAttachmentFirst = on;
    },
    tasks: () => [...state.tasks.values()].map(({ history, tags }) => ({ ...history.latest, tags: tags.latest })),
    counts: () => ({ ...state.counts }),
  };
}
