import type { Operations } from '../../operation.ts';
import { integer, list, type Shaped, string, structure } from '../shape.ts';
import type { Cluster } from './cluster.ts';
import { findCluster } from './cluster-operations.ts';
import { ecsOperation, invalidParameter } from './ecs-operation.ts';
import { type EcsState, forgetOldTasks } from './ecs-state.ts';
import { taskArnOf } from './find-task.ts';
import type { Tag, Task } from './task.ts';
import type { TaskRecord } from './task-record.ts';

// AWS-014
const pageLimit = 100;

const describeShape = structure({ cluster: string, tasks: list(string), include: list(string) });
const listShape = structure({
  cluster: string,
  containerInstance: string,
  daemonName: string,
  desiredStatus: string,
  family: string,
  launchType: string,
  maxResults: integer,
  nextToken: string,
  serviceName: string,
  startedBy: string,
});
type ListInput = Shaped<typeof listShape>;

export function createTaskReadOperations(state: EcsState): Operations {
  return {
    DescribeTasks: ecsOperation(describeShape, (input) => {
      forgetOldTasks(state);
      const cluster = findCluster(state, input.cluster);
      const asked = input.tasks ?? [];
      if (asked.length === 0) throw invalidParameter('Tasks cannot be empty.');
      if (asked.length > pageLimit) throw invalidParameter(`Tasks cannot have more than ${pageLimit} elements.`);
      if (input.include?.some((field) => field !== 'TAGS')) throw invalidParameter('include should be one of [TAGS].');
      const arns = asked.map((identifier) => taskArnOf(state, cluster, identifier));
      return describe(state, [...new Set(arns)], input.include?.includes('TAGS') ?? false);
    }),

    ListTasks: ecsOperation(listShape, (input) => {
      forgetOldTasks(state);
      const cluster = findCluster(state, input.cluster);
      checkFilters(input);
      const time = readTime(state, state.durations.taskReadLagMs);
      const stale = pageAt(state, cluster, input, (record) => record.history.at(time));
      const present = pageAt(state, cluster, input, (record) => record.history.latest);
      if (stale.taskArns.join() !== present.taskArns.join()) state.counts.staleTaskReads++;
      return stale;
    }),
  };
}

/** A random moment between `lagMs` ago and now. Reads return the state at that moment. */
export function readTime(state: EcsState, lagMs: number): number {
  return state.clock.now() - (lagMs === 0 ? 0 : state.random.integer(0, lagMs));
}

function describe(state: EcsState, arns: readonly string[], withTags: boolean) {
  const time = readTime(state, state.durations.taskReadLagMs);
  const tagTime = readTime(state, state.durations.tagReadLagMs);
  const records = arns.map((arn) => state.tasks.get(arn));
  const seen = records.map((record) => record?.history.at(time));
  if (records.some((record, index) => record?.history.latest !== seen[index])) state.counts.staleTaskReads++;
  const tagsAt = (record: TaskRecord | undefined) => record?.tags.at(tagTime) ?? [];
  const shown = records.filter((_, index) => seen[index] !== undefined);
  if (withTags && shown.some((record) => differ(record?.tags.latest, tagsAt(record)))) state.counts.staleTagReads++;
  return {
    tasks: seen.flatMap((task, index) =>
      // AWS-022
      task === undefined ? [] : [{ ...task, tags: withTags ? tagsAt(records[index]) : [] }],
    ),
    // AWS-008
    failures: arns.filter((_, index) => seen[index] === undefined).map((arn) => ({ arn, reason: 'MISSING' })),
  };
}

/** Whether two lists of tags differ. */
export function differ(left: readonly Tag[] | undefined, right: readonly Tag[]): boolean {
  return JSON.stringify(left ?? []) !== JSON.stringify(right);
}

function checkFilters(input: ListInput): void {
  const { desiredStatus, launchType, maxResults, startedBy } = input;
  if (desiredStatus !== undefined && !['RUNNING', 'PENDING', 'STOPPED'].includes(desiredStatus)) {
    throw invalidParameter('desiredStatus should be one of [RUNNING, PENDING, STOPPED].');
  }
  if (launchType !== undefined && !['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'].includes(launchType)) {
    throw invalidParameter('launchType should be one of [EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES].');
  }
  if (maxResults !== undefined && (maxResults < 1 || maxResults > pageLimit)) {
    throw invalidParameter(`maxResults must be from 1 to ${pageLimit}.`);
  }
  const others = [input.family, launchType, input.containerInstance, input.serviceName, input.daemonName];
  // AWS-016
  if (startedBy !== undefined && others.some((filter) => filter !== undefined)) {
    throw invalidParameter('startedBy must be the only filter when it is specified.');
  }
}

type View = (record: TaskRecord) => Task | undefined;

function pageAt(state: EcsState, cluster: Cluster, input: ListInput, view: View) {
  const arns = listAt(state, cluster, input, view);
  // AWS-015
  const pageSize = input.maxResults ?? pageLimit;
  const more = arns.length > pageSize ? { nextToken: encodeToken(arns[pageSize - 1] ?? '') } : {};
  return { taskArns: arns.slice(0, pageSize), ...more };
}

/** In order of ARN, not of age, so that a page can continue after the last ARN of the previous page. */
function listAt(state: EcsState, cluster: Cluster, input: ListInput, view: View): readonly string[] {
  const desiredStatus = input.desiredStatus ?? 'RUNNING';
  const after = input.nextToken === undefined ? '' : decodeToken(input.nextToken);
  // No task belongs to a service or a container instance, so these filters match nothing.
  if (input.containerInstance ?? input.serviceName ?? input.daemonName) return [];
  const matches = (record: TaskRecord): boolean => {
    const task = view(record);
    if (record.cluster !== cluster || task === undefined || record.arn <= after) return false;
    if (task.desiredStatus !== desiredStatus) return false;
    if (input.startedBy !== undefined && task.startedBy !== input.startedBy) return false;
    if (input.family !== undefined && record.definition.family !== input.family) return false;
    return input.launchType === undefined || task.launchType === input.launchType;
  };
  return [...state.tasks.values()]
    .filter(matches)
    .map(({ arn }) => arn)
    .sort();
}

function encodeToken(lastArn: string): string {
  return Buffer.from(`after ${lastArn}`).toString('base64url');
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('after ')) throw invalidParameter('Invalid token.');
  return text.slice('after '.length);
}
