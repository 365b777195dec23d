import {
  DescribeTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  TagResourceCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import type { FieldResources, ProbeClients } from './world.ts';

/** A task as DescribeTasks returned it, `at` milliseconds since the epoch. Undefined: MISSING. */
export interface Sighting {
  readonly at: number;
  readonly task: Task | undefined;
}

/** What a task showed from RunTask to STOPPED. */
export interface TaskLife {
  readonly launchedAt: number;
  readonly launched: Task;
  readonly sightings: readonly Sighting[];
  /** Until the tag that TagResource set was readable; undefined if it never was. */
  readonly tagVisibleMs: number | undefined;
  /** The number of tags in a read without `include: [TAGS]`. */
  readonly tagsWithoutInclude: number;
  readonly stopRequestedAt: number;
  readonly stopReply: Task;
  /** The reply to a second StopTask with another reason. */
  readonly secondStopReply: Task;
}

export const firstReason = 'field test: first stop';

/** The input of RunTask for one task of the field test. */
export function runInput(resources: FieldResources, further: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput {
  const { cluster, taskDefinition, subnets, securityGroup, assignPublicIp, prefix } = resources;
  return {
    cluster,
    taskDefinition,
    launchType: 'FARGATE',
    startedBy: prefix,
    tags: [{ key: 'start-engines:field-test', value: prefix }],
    networkConfiguration: {
      awsvpcConfiguration: { subnets: [...subnets], securityGroups: [securityGroup], assignPublicIp },
    },
    ...further,
  };
}

export async function launch({ ecs }: ProbeClients, input: RunTaskCommandInput): Promise<Task> {
  const { tasks: [task] = [], failures = [] } = await ecs.send(new RunTaskCommand(input));
  if (task === undefined) throw new Error(`RunTask started no task: ${JSON.stringify(failures)}`);
  return task;
}

const pauseMs = 150;

/**
 * Launches a task, tags it when it is RUNNING, stops it twice, and records what DescribeTasks returns in the meantime.
 *
 * @param patienceMs how long to wait for each of RUNNING, the tag and STOPPED
 */
export async function recordTaskLife(
  clients: ProbeClients,
  resources: FieldResources,
  patienceMs = 240_000,
): Promise<TaskLife> {
  const { ecs } = clients;
  const { cluster } = resources;
  const launchedAt = Date.now();
  const launched = await launch(clients, runInput(resources));
  const task = launched.taskArn ?? '';
  const sightings: Sighting[] = [];
  const look = async (withTags = true) => {
    const include: 'TAGS'[] = withTags ? ['TAGS'] : [];
    const reply = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task], include }));
    return reply.tasks?.[0];
  };
  const follow = async (wanted: (seen: Task | undefined) => boolean) => {
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      const seen = await look();
      sightings.push({ at: Date.now(), task: seen });
      if (wanted(seen)) return true;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return false;
  };
  await follow((seen) => seen?.lastStatus === 'RUNNING');
  const taggedAt = Date.now();
  await ecs.send(new TagResourceCommand({ resourceArn: task, tags: [{ key: 'field-test:late', value: 'yes' }] }));
  const tagged = await follow((seen) => seen?.tags?.some(({ key }) => key === 'field-test:late') ?? false);
  const tagVisibleMs = tagged ? Date.now() - taggedAt : undefined;
  const tagsWithoutInclude = (await look(false))?.tags?.length ?? 0;
  const stopRequestedAt = Date.now();
  const stop = async (reason: string) => {
    const reply = await ecs.send(new StopTaskCommand({ cluster, task, reason }));
    return reply.task ?? {};
  };
  const stopReply = await stop(firstReason);
  const secondStopReply = await stop('field test: second stop');
  await follow((seen) => seen?.lastStatus === 'STOPPED');
  return {
    launchedAt,
    launched,
    sightings,
    tagVisibleMs,
    tagsWithoutInclude,
    stopRequestedAt,
    stopReply,
    secondStopReply,
  };
}
