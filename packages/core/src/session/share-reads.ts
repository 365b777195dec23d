import type { Ports, TaskReadings } from '../model/ports.ts';
import { Gathering } from './gathering.ts';

/**
 * The least number of services for which reads are shared and a cluster is listed whole. The cluster may hold other tasks, so for
 * fewer services each is listed separately.
 */
export const manyServices = 10;

/**
 * The same ports, on which several services' reads of tasks at about the same time are combined: a hundred tasks per call instead
 * of two or three calls per service. Every answer is still read after its request.
 */
export function shareReads(ports: Ports): Ports {
  const { tasks, clock } = ports;
  const lists = new Map<string, Gathering<string, readonly string[]>>();
  const looks = new Map<string, Gathering<readonly string[], TaskReadings>>();
  return {
    ...ports,
    tasks: {
      ...tasks,
      list(cluster, startedBy, desiredStatus) {
        const key = `${cluster} ${desiredStatus}`;
        const gathering =
          lists.get(key) ?? new Gathering(clock, (owners) => listFor(ports, cluster, desiredStatus, owners));
        lists.set(key, gathering);
        return gathering.ask(startedBy);
      },
      describe(cluster, taskArns) {
        const gathering = looks.get(cluster) ?? new Gathering(clock, (asked) => describeFor(ports, cluster, asked));
        looks.set(cluster, gathering);
        return gathering.ask(taskArns);
      },
    },
  };
}

async function listFor(
  { tasks }: Ports,
  cluster: string,
  desiredStatus: 'RUNNING' | 'STOPPED',
  owners: readonly string[],
): Promise<(owner: string) => readonly string[]> {
  if (owners.length < manyServices) {
    const lists = owners.map(async (owner) => [owner, await tasks.list(cluster, owner, desiredStatus)] as const);
    const byOwner = new Map(await Promise.all(lists));
    return (owner) => byOwner.get(owner) ?? [];
  }
  const listed = await tasks.listCluster(cluster, desiredStatus);
  const found = listed.length === 0 ? [] : (await tasks.describe(cluster, listed)).tasks;
  const byOwner = Map.groupBy(found, (task) => task.startedBy);
  return (owner) => (byOwner.get(owner) ?? []).map((task) => task.taskArn);
}

async function describeFor(
  { tasks }: Ports,
  cluster: string,
  asked: readonly (readonly string[])[],
): Promise<(taskArns: readonly string[]) => TaskReadings> {
  const readings = await tasks.describe(cluster, [...new Set(asked.flat())]);
  const found = new Map(readings.tasks.map((task) => [task.taskArn, task]));
  return (taskArns) => ({
    tasks: taskArns.flatMap((taskArn) => found.get(taskArn) ?? []),
    missing: taskArns.filter((taskArn) => !found.has(taskArn)),
  });
}
