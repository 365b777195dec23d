import { noDelays, type SandboxDurations } from '../../src/durations.ts';
import { createEcsModel, type EcsModel } from '../../src/model/ecs/ecs-model.ts';
import type { Task } from '../../src/model/ecs/task.ts';
import { createRandom } from '../../src/random.ts';
import { createVirtualClock, type VirtualClock } from '../../src/virtual-clock.ts';
import { createFakeRuntime, type FakeRuntime } from './fake-runtime.ts';

export type Reply = Readonly<Record<string, unknown>>;

export interface EcsWorld {
  readonly clock: VirtualClock;
  readonly runtime: FakeRuntime;
  readonly model: EcsModel;
  /** The details of the state-change events so far. */
  readonly events: Reply[];
  call(operation: string, input?: Reply): Promise<Reply>;
  /** Calls RunTask with the required input. Returns the first task. */
  run(input?: Reply): Promise<Task>;
  describe(taskArn: string, input?: Reply): Promise<Task & { tags: readonly unknown[] }>;
}

/** By default every phase takes a second and no read is stale. */
export const secondsEach: SandboxDurations = {
  ...noDelays,
  interfaceCreationMs: [1_000, 1_000],
  interfaceAttachmentMs: [1_000, 1_000],
  pendingMs: [1_000, 1_000],
  imagePullMs: [1_000, 1_000],
  stopNoticeMs: [1_000, 1_000],
  deactivationMs: [1_000, 1_000],
  deprovisioningMs: [1_000, 1_000],
};

export const network = { awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-a'] } };

/** A world with the cluster `main` and the task definition `auth`, at 2026-01-01T00:00:00Z. */
export async function createEcsWorld(
  options: { durations?: Partial<SandboxDurations>; seed?: number } = {},
): Promise<EcsWorld> {
  const clock = createVirtualClock();
  const runtime = createFakeRuntime();
  const model = createEcsModel({
    clock,
    random: createRandom(options.seed ?? 1),
    durations: { ...secondsEach, ...options.durations },
    runtime,
    region: 'us-east-2',
    accountId: '123456789012',
  });
  const events: Reply[] = [];
  model.onTaskStateChange((detail) => events.push(detail));

  const call: EcsWorld['call'] = async (operation, input = {}) => {
    const run = model.operations[operation];
    if (run === undefined) throw new Error(`there is no ${operation}`);
    const context = { service: 'ecs', operation, requestId: 'r', region: 'us-east-2', accountId: '123456789012' };
    return run(input, { ...context, service: 'ecs' });
  };
  await makeAuth(call);

  return {
    clock,
    runtime,
    model,
    events,
    call,
    async run(input = {}) {
      const reply = await call('RunTask', { ...runInput, ...input });
      return (reply.tasks as Task[])[0] as Task;
    },
    async describe(taskArn, input = {}) {
      const reply = await call('DescribeTasks', { cluster: 'main', tasks: [taskArn], ...input });
      return (reply.tasks as (Task & { tags: readonly unknown[] })[])[0] as Task & { tags: readonly unknown[] };
    },
  };
}

/** A task that is RUNNING, four seconds after its launch. */
export async function runningTask(world: EcsWorld, input = {}) {
  const task = await world.run(input);
  await world.clock.advance(4_000);
  return task;
}

/** The minimal input of RunTask. */
export const runInput = {
  cluster: 'main',
  taskDefinition: 'auth',
  launchType: 'FARGATE',
  networkConfiguration: network,
};

/** Creates the cluster `main` and the task definition `auth`. */
export async function makeAuth(call: EcsWorld['call']): Promise<void> {
  await call('CreateCluster', { clusterName: 'main', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  await call('RegisterTaskDefinition', {
    family: 'auth',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'app',
        image: 'registry.example/auth:1',
        portMappings: [{ containerPort: 8080 }],
        environment: [
          { name: 'MODE', value: 'plain' },
          { name: 'KEPT', value: 'yes' },
        ],
      },
    ],
  });
}
