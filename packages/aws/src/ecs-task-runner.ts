import {
  DescribeTasksCommand,
  type ECSClient,
  type Task as EcsTask,
  type Failure,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecs';
import {
  adoptionTagOf,
  type Clock,
  cordonTag,
  formatAdoption,
  formatCordon,
  formatMoment,
  formatRetireMark,
  type LaunchKey,
  type LaunchKeys,
  type LaunchReply,
  type LaunchRequest,
  leaseEndingTag,
  retireTagOf,
  StartEnginesError,
  type Task,
  type TaskRunner,
  toStartEnginesError,
  upTag,
} from '@start-engines/core';
import { callAws, classifyAwsError } from './classify-aws-error.ts';
import { createDefaultContainers } from './default-container.ts';
import { readEssentialContainers } from './essential-containers.ts';
import { readTask } from './read-task.ts';
import { buildOverrides, buildRunTaskInput } from './run-task-input.ts';
import { clusterOf } from './task-arn.ts';

type ReadTask = (task: EcsTask, key: LaunchKey | undefined, knownOwner?: string) => Task;

/** The limit of DescribeTasks. AWS-014. */
const tasksPerCall = 100;

export interface EcsTaskRunnerOptions {
  readonly client: ECSClient;
  readonly clock: Pick<Clock, 'now'>;
  readonly launchKeys: LaunchKeys;
}

/**
 * The task runner on ECS. It reads the key for launch facts at the same time as the first tasks. In addition to the errors of the port,
 * `launch` throws `InvalidRequest` before any call if the environment makes the overrides longer than ECS allows. `stop` throws
 * `AwsRejected` for a task ARN of the old format, which does not name the cluster.
 */
export function createEcsTaskRunner({ client, clock, launchKeys }: EcsTaskRunnerOptions): TaskRunner {
  const containers = createDefaultContainers(client);
  const read: ReadTask = (task, key, knownOwner = '') =>
    readTask(task, { now: clock.now(), knownOwner, ...(key === undefined ? {} : { key }) });
  const list = async (filter: ListFilter) => {
    // What is listed is described next, and that reports an error of the key.
    const [taskArns] = await Promise.all([listTasks(client, filter), launchKeys.read().catch(() => undefined)]);
    return taskArns;
  };
  return {
    async launch(request) {
      const key = await launchKeys.read();
      buildOverrides(request, request.containerName ?? '', key);
      const runTask = (containerName: string) => callRunTask(client, request, containerName, key, read);
      if (request.containerName !== undefined) return runTask(request.containerName);
      const { taskDefinition, ports } = request;
      const name = await containers.nameOf(taskDefinition, ports);
      try {
        const reply = await runTask(name);
        if (reply.kind === 'task') containers.noteRevision(taskDefinition, reply.task.taskDefinitionArn);
        return reply;
      } catch (error) {
        if (!refusesContainerName(error)) throw error;
        containers.forget(taskDefinition);
        const currentName = await containers.nameOf(taskDefinition, ports);
        if (currentName === name) throw error;
        return runTask(currentName);
      }
    },
    async describe(cluster, taskArns, onUnverified) {
      const reading = launchKeys.read().catch((caught: unknown) => {
        const problem = toStartEnginesError(caught);
        if (onUnverified === undefined) throw problem;
        onUnverified(problem);
        return undefined;
      });
      const [found, key] = await Promise.all([describeTasks(client, cluster, taskArns), reading]);
      const tasks = found.map((task) => read(task, key));
      const known = new Set(tasks.map(({ taskArn }) => taskArn));
      return { tasks, missing: taskArns.filter((taskArn) => !known.has(taskArn)) };
    },
    list: (cluster, startedBy, desiredStatus) => list({ cluster, startedBy, desiredStatus }),
    listCluster: (cluster, desiredStatus) => list({ cluster, desiredStatus }),
    stop: (taskArn, reason) => stopTask(client, taskArn, reason),
    async markRetiring(taskArn, mark) {
      try {
        return await tagTask(client, taskArn, retireTagOf(mark), formatRetireMark(mark));
      } catch (error) {
        if (error instanceof StartEnginesError && hasNoRoomForTags(error)) return 'full';
        throw error;
      }
    },
    markAdopted: (taskArn, adoption) => tagTask(client, taskArn, adoptionTagOf(adoption), formatAdoption(adoption)),
    markUp: (taskArn, at) => tagTask(client, taskArn, upTag, formatMoment(at)),
    markCordon: (taskArn, cordon) => tagTask(client, taskArn, cordonTag, formatCordon(cordon)),
    markLeaseEnding: (taskArn, leaseEnd) => tagTask(client, taskArn, leaseEndingTag, formatMoment(leaseEnd)),
    essentialContainers: (taskDefinitionArn) => readEssentialContainers(client, taskDefinitionArn),
  };
}

async function callRunTask(
  client: ECSClient,
  request: LaunchRequest,
  containerName: string,
  key: LaunchKey,
  read: ReadTask,
): Promise<LaunchReply> {
  const { cluster, taskDefinition } = request;
  const command = new RunTaskCommand(buildRunTaskInput(request, containerName, key));
  const operation = { service: 'ECS', operation: 'RunTask', about: { cluster, taskDefinition } } as const;
  const reply = await callAws(operation, async () => {
    try {
      return await client.send(command);
    } catch (error) {
      const taskArns = readConflict(error);
      if (taskArns === undefined) throw error;
      return { kind: 'conflict', taskArns } as const;
    }
  }).catch(readThrownRefusal);
  if ('kind' in reply) return reply;
  const [task] = reply.tasks ?? [];
  // ECS replays a token only for the same parameters, so a task without an owner was started for us.
  if (task !== undefined) return { kind: 'task', task: read(task, key, request.startedBy) };
  // AWS-005
  const reasons = (reply.failures ?? []).map(describeFailure);
  if (reasons.length > 0) return { kind: 'no-capacity', reasons };
  throw new StartEnginesError('AwsUnavailable', 'ECS RunTask returned neither a task nor a failure.', {
    context: { ...operation.about, service: 'ECS', operation: 'RunTask' },
  });
}

/** ECS throws some capacity errors instead of listing them in `failures`. */
function readThrownRefusal(error: unknown): Extract<LaunchReply, { kind: 'no-capacity' }> {
  if (!(error instanceof StartEnginesError) || error.code !== 'CapacityUnavailable') throw error;
  return { kind: 'no-capacity', reasons: [error.message], tokenUnused: true };
}

/** The tasks already created with the client token, if the error says so. AWS-002. */
function readConflict(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error) || error.name !== 'ConflictException') return undefined;
  return 'resourceIds' in error && Array.isArray(error.resourceIds) ? error.resourceIds : [];
}

function describeFailure({ reason, detail, arn }: Failure): string {
  const about = [arn, detail].filter((part) => part !== undefined && part !== '').join(': ');
  return about === '' ? (reason ?? 'no reason given') : `${reason ?? 'no reason given'} (${about})`;
}

function refusesContainerName(error: unknown): boolean {
  return (
    error instanceof StartEnginesError &&
    error.code === 'AwsRejected' &&
    /\bis not a container in the task ?definition\b/i.test(error.message)
  );
}

async function describeTasks(
  client: ECSClient,
  cluster: string,
  taskArns: readonly string[],
): Promise<readonly EcsTask[]> {
  const tasks: EcsTask[] = [];
  const operation = { service: 'ECS', operation: 'DescribeTasks', about: { cluster } } as const;
  for (let start = 0; start < taskArns.length; start += tasksPerCall) {
    const chunk = taskArns.slice(start, start + tasksPerCall);
    // AWS-022
    const command = new DescribeTasksCommand({ cluster, tasks: chunk, include: ['TAGS'] });
    const reply = await callAws(operation, () => client.send(command));
    // AWS-008
    const failure = reply.failures?.find(({ reason }) => reason !== 'MISSING');
    if (failure !== undefined) {
      const words = Object.assign(new Error(failure.detail ?? ''), { name: failure.reason ?? 'Failure' });
      const { code } = classifyAwsError(words, operation);
      throw new StartEnginesError(code, `ECS DescribeTasks: ${describeFailure(failure)}`, {
        context: { service: 'ECS', operation: 'DescribeTasks', cluster, awsCode: failure.reason },
      });
    }
    tasks.push(...(reply.tasks ?? []));
  }
  return tasks;
}

interface ListFilter {
  readonly cluster: string;
  /** ECS refuses this filter together with any other. AWS-016. */
  readonly startedBy?: string;
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
}

async function listTasks(client: ECSClient, filter: ListFilter): Promise<readonly string[]> {
  const taskArns: string[] = [];
  const operation = { service: 'ECS', operation: 'ListTasks', about: { cluster: filter.cluster } } as const;
  let nextToken: string | undefined;
  do {
    const command = new ListTasksCommand({ ...filter, ...(nextToken === undefined ? {} : { nextToken }) });
    const reply = await callAws(operation, () => client.send(command));
    taskArns.push(...(reply.taskArns ?? []));
    // AWS-015
    nextToken = reply.nextToken;
  } while (nextToken !== undefined && nextToken !== '');
  return taskArns;
}

async function stopTask(
  client: ECSClient,
  taskArn: string,
  reason: string,
): Promise<{ readonly stoppedReason: string } | 'not-found'> {
  const operation = { service: 'ECS', operation: 'StopTask', about: { taskArn } } as const;
  const cluster = clusterOf(taskArn);
  if (cluster === undefined) {
    throw new StartEnginesError('AwsRejected', `The task ARN does not name the cluster: ${taskArn}`, {
      context: { service: 'ECS', operation: 'StopTask', taskArn },
    });
  }
  try {
    const command = new StopTaskCommand({ cluster: cluster.name, task: taskArn, reason });
    const reply = await callAws(operation, () => client.send(command));
    // AWS-019
    return { stoppedReason: reply.task?.stoppedReason ?? reason };
  } catch (error) {
    if (error instanceof StartEnginesError && isTaskNotFound(error)) return 'not-found';
    throw error;
  }
}

// AWS-020
function isTaskNotFound(error: StartEnginesError): boolean {
  return (
    error.context.awsCode === 'InvalidParameterException' &&
    /\bthe referenced task was not found\b/i.test(error.message)
  );
}

/** ECS does not tag tasks that have stopped or that it has forgotten. */
async function tagTask(client: ECSClient, taskArn: string, key: string, value: string): Promise<'marked' | 'ended'> {
  const operation = { service: 'ECS', operation: 'TagResource', about: { taskArn } } as const;
  const command = new TagResourceCommand({ resourceArn: taskArn, tags: [{ key, value }] });
  try {
    await callAws(operation, () => client.send(command));
    return 'marked';
  } catch (error) {
    if (error instanceof StartEnginesError && isTaskGone(error)) return 'ended';
    throw error;
  }
}

/** ECS refuses the 51st tag with `InvalidParameterException`; other services, and ECS one day, have codes of their own for it. AWS-024. */
function hasNoRoomForTags({ message, context: { awsCode } }: StartEnginesError): boolean {
  if (awsCode === 'TooManyTagsException') return true;
  const isRefusal = awsCode === 'InvalidParameterException' || awsCode === 'LimitExceededException';
  return isRefusal && /\btags?\b/i.test(message) && /more than|too many|maximum|limit|exceed/i.test(message);
}

function isTaskGone(error: StartEnginesError): boolean {
  const { awsCode } = error.context;
  if (awsCode === 'ResourceNotFoundException') return true;
  return awsCode === 'InvalidParameterException' && /\btask\b.*\b(?:stopped|not found)\b/i.test(error.message);
}
