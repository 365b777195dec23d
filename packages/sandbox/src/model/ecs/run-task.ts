import { AwsError } from '../../aws-error.ts';
import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import { createHistory } from '../history.ts';
import type { Shaped } from '../shape.ts';
import { checkClientToken, fingerprintOf, type TokenUse } from './client-tokens.ts';
import type { CapacityProviderStrategyItem, Cluster } from './cluster.ts';
import { findCluster } from './cluster-operations.ts';
import { ecsOperation } from './ecs-operation.ts';
import { announceTask, type EcsState, forgetOldTasks } from './ecs-state.ts';
import { checkRunTask, type Launch, runTaskShape } from './run-task-input.ts';
import type { Attachment, Tag, Task } from './task.ts';
import type { TaskRecord } from './task-record.ts';
import { beginTask } from './task-start.ts';

type RunTaskInput = Shaped<typeof runTaskShape>;
type Reply = Readonly<Record<string, unknown>>;

export function createRunTaskOperations(state: EcsState): Operations {
  return {
    RunTask: ecsOperation(runTaskShape, (input, { clientToken: _, ...parameters }) => {
      forgetOldTasks(state);
      const cluster = findCluster(state, input.cluster);
      if (input.clientToken === undefined) return replyTo(launchAll(state, cluster, input));
      checkClientToken(input.clientToken);
      const fingerprint = fingerprintOf(parameters);
      const earlier = state.tokens.find(cluster.arn, input.clientToken, state.clock.now());
      if (earlier !== undefined) return repeat(state, earlier, fingerprint);
      const made = launchAll(state, cluster, input);
      state.tokens.keep(cluster.arn, input.clientToken, { ...made, fingerprint, usedAt: state.clock.now() });
      return replyTo(made);
    }),
  };
}

/** How many tasks a RunTask call with this input will launch. */
export function countTasksToLaunch(state: EcsState, raw: Reply): number {
  try {
    const input = runTaskShape(raw, '');
    const cluster = findCluster(state, input.cluster);
    const { clientToken } = input;
    const isRepeated = clientToken !== undefined && state.tokens.find(cluster.arn, clientToken, state.clock.now());
    return isRepeated ? 0 : checkRunTask(state, cluster, input).count;
  } catch {
    // RunTask itself rejects the input.
    return 0;
  }
}

type Made = Pick<TokenUse, 'tasks' | 'failures'>;

function replyTo({ tasks, failures }: Made): Reply {
  return { tasks: tasks.map((record) => ({ ...record.history.latest, tags: record.tags.latest })), failures };
}

function repeat(state: EcsState, earlier: TokenUse, fingerprint: string): Reply {
  // AWS-002
  if (earlier.fingerprint !== fingerprint) {
    state.counts.conflicts++;
    throw new AwsError('ConflictException', 'The clientToken was already used in a request with other parameters.', {
      members: { resourceIds: earlier.tasks.map(({ arn }) => arn) },
    });
  }
  // AWS-001
  state.counts.replays++;
  const tasks = earlier.tasks.map((record) => {
    const { taskArn, lastStatus, desiredStatus } = record.history.latest;
    return lastStatus === 'STOPPED'
      ? { taskArn, lastStatus, desiredStatus }
      : { ...record.history.latest, tags: record.tags.latest };
  });
  return { tasks, failures: earlier.failures };
}

function launchAll(state: EcsState, cluster: Cluster, input: RunTaskInput): Made {
  const launch = checkRunTask(state, cluster, input);
  const lack = state.plans.capacityFailure;
  if (lack !== undefined) {
    lack.callsLeft--;
    if (lack.callsLeft <= 0) state.plans.capacityFailure = undefined;
    // AWS-005
    return { tasks: [], failures: [{ reason: lack.reason }] };
  }
  state.counts.launches++;
  const tasks = Array.from({ length: launch.count }, () => createTask(state, cluster, launch));
  for (const record of tasks) {
    announceTask(state, record.history.latest);
    beginTask(state, record);
  }
  return { tasks, failures: [] };
}

function createTask(state: EcsState, cluster: Cluster, launch: Launch): TaskRecord {
  const { random, clock, durations, account } = state;
  const id = random.hex(32);
  const arn = makeArn(account, 'ecs', `task/${cluster.name}/${id}`);
  const subnet = random.pick(launch.subnets);
  const task = firstSnapshot(state, cluster, launch, arn, subnet);
  const record: TaskRecord = {
    arn,
    id,
    cluster,
    definition: launch.definition,
    subnet,
    securityGroups: launch.securityGroups,
    history: createHistory(clock.now(), task, durations.taskReadLagMs),
    tags: createHistory<readonly Tag[]>(clock.now(), launch.tags, durations.tagReadLagMs),
    processes: new Map(),
    cancelNext: () => {},
    starting: Promise.resolve(),
    ip: undefined,
    ipv6: undefined,
  };
  state.tasks.set(arn, record);
  state.counts.tasksCreated++;
  return record;
}

function firstSnapshot(state: EcsState, cluster: Cluster, launch: Launch, taskArn: string, subnet: string): Task {
  const { definition } = launch;
  const { launchType, strategy, platformVersion } = launch.placement;
  const provider = pickProvider(state, strategy);
  return {
    taskArn,
    clusterArn: cluster.arn,
    taskDefinitionArn: definition.taskDefinitionArn,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 1,
    createdAt: new Date(state.clock.now()),
    ...(launch.startedBy === undefined ? {} : { startedBy: launch.startedBy }),
    group: launch.group,
    launchType,
    ...(provider === undefined ? {} : { capacityProviderName: provider }),
    ...(platformVersion === undefined ? {} : { platformVersion, platformFamily: 'Linux' }),
    availabilityZone: state.vpc.subnet(subnet)?.availabilityZone ?? '',
    cpu: definition.cpu ?? '256',
    memory: definition.memory ?? '512',
    ephemeralStorage: { sizeInGiB: 20 },
    enableExecuteCommand: launch.enableExecuteCommand,
    overrides: { ...launch.overrides, containerOverrides: containerOverrides(launch) },
    attachments: firstAttachments(state, subnet),
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    containers: definition.containerDefinitions.map((container) => ({
      containerArn: makeArn(state.account, 'ecs', `container/${cluster.name}/${taskArn.slice(-32)}/${uuid(state)}`),
      taskArn,
      name: container.name,
      image: container.image,
      lastStatus: 'PENDING',
      networkInterfaces: [],
      ...(launch.enableExecuteCommand
        ? { managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'PENDING' as const }] }
        : {}),
      healthStatus: 'UNKNOWN',
      cpu: String(container.cpu),
      ...(container.memory === undefined ? {} : { memory: String(container.memory) }),
    })),
    healthStatus: 'UNKNOWN',
  };
}

/** ECS lists every container in the overrides, including those without overrides. */
function containerOverrides({ definition, overrides }: Launch) {
  const given = overrides.containerOverrides ?? [];
  return definition.containerDefinitions.map(
    ({ name }) => given.find((override) => override.name === name) ?? { name },
  );
}

function firstAttachments(state: EcsState, subnet: string): readonly Attachment[] {
  const networkInterface: Attachment = {
    id: uuid(state),
    type: 'ElasticNetworkInterface',
    status: 'PRECREATED',
    details: [{ name: 'subnetId', value: subnet }],
  };
  if (!state.plans.volumeAttachmentFirst) return [networkInterface];
  const details = [{ name: 'volumeId', value: `vol-${state.random.hex(17)}` }];
  return [{ id: uuid(state), type: 'AmazonElasticBlockStorage', status: 'ATTACHED', details }, networkInterface];
}

/** A random provider according to the weights. Without weights, the first one. */
function pickProvider(state: EcsState, strategy: readonly CapacityProviderStrategyItem[]): string | undefined {
  const total = strategy.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return strategy[0]?.capacityProvider;
  const drawn = state.random.integer(1, total);
  let reached = 0;
  for (const { capacityProvider, weight } of strategy) {
    reached += weight;
    if (drawn <= reached) return capacityProvider;
  }
  return undefined;
}

function uuid({ random }: EcsState): string {
  return [8, 4, 4, 4, 12].map((length) => random.hex(length)).join('-');
}
