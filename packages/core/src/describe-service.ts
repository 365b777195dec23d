import { distinctClusters } from './clusters.ts';
import { type StartEnginesError, toStartEnginesError } from './errors.ts';
import { isServiceName, ownerOf, serviceOfOwner } from './identity.ts';
import { mapWithLimit } from './map-with-limit.ts';
import type { ServiceStatus, TargetGroupStatus, TaskStatus } from './operation-types.ts';
import type { Ports } from './ports.ts';
import type { LoadedMapping, MappingProblem } from './service-mapping.ts';
import { compareNewestFirst, isLive, runDeadlineOf, type Task, taskIdOf } from './task.ts';

/** Services that are read at the same time. */
const servicesAtOnce = 10;

/**
 * What is up for one service and what was up last. A mapping that is broken is part of the answer, not an error.
 *
 * @throws StartEnginesError `UnknownService` when there is neither a mapping nor a task; the AWS codes when tasks cannot
 * be read: an error is never shown as "stopped".
 */
export async function describeService(ports: Ports, service: string): Promise<ServiceStatus> {
  const mapping = await loadForStatus(ports, service);
  const loadedCluster = mapping.loaded === undefined ? [] : [mapping.loaded.mapping.cluster];
  const startedBy = ownerOf(ports.workspace, service);
  const readings = await Promise.all(
    distinctClusters([...ports.clusters, ...loadedCluster]).map(async (cluster) => {
      const running = await ports.tasks.list(cluster, startedBy, 'RUNNING');
      const stopped = await ports.tasks.list(cluster, startedBy, 'STOPPED');
      const taskArns = [...new Set([...running, ...stopped])];
      return taskArns.length === 0 ? [] : (await ports.tasks.describe(cluster, taskArns)).tasks;
    }),
  );
  const tasks = readings.flat();
  if (mapping.error?.code === 'UnknownService' && tasks.length === 0) throw mapping.error;
  return composeStatus(ports, service, mapping, tasks, readOnce(ports));
}

/**
 * The same for every service that has a mapping or a task, sorted by name. Each cluster is listed whole, 100 tasks a call.
 */
export async function describeServices(ports: Ports): Promise<readonly ServiceStatus[]> {
  const named = await ports.mappings.list();
  const loads = new Map(
    await mapWithLimit(
      named,
      servicesAtOnce,
      async (service) => [service, await loadForStatus(ports, service)] as const,
    ),
  );
  const mappedClusters = [...loads.values()].flatMap(({ loaded }) => (loaded ? [loaded.mapping.cluster] : []));
  const readings = await Promise.all(
    distinctClusters([...ports.clusters, ...mappedClusters]).map(async (cluster) => {
      const running = await ports.tasks.listCluster(cluster, 'RUNNING');
      const stopped = await ports.tasks.listCluster(cluster, 'STOPPED');
      const taskArns = [...new Set([...running, ...stopped])];
      return taskArns.length === 0 ? [] : (await ports.tasks.describe(cluster, taskArns)).tasks;
    }),
  );
  const tasksByService = Map.groupBy(readings.flat(), (task) => serviceOfOwner(ports.workspace, task.startedBy));
  const owners = [...tasksByService.keys()].filter(isServiceName);
  const read = readOnce(ports);
  return mapWithLimit([...new Set([...named, ...owners])].toSorted(), servicesAtOnce, async (service) => {
    const mapping = loads.get(service) ?? { problems: [] };
    return composeStatus(ports, service, mapping, tasksByService.get(service) ?? [], read);
  });
}

interface StatusMapping {
  readonly loaded?: LoadedMapping;
  readonly problems: readonly MappingProblem[];
  readonly error?: StartEnginesError;
}

async function loadForStatus(ports: Ports, service: string): Promise<StatusMapping> {
  try {
    const loaded = await ports.mappings.load(service);
    return { loaded, problems: loaded.problems };
  } catch (caught) {
    const error = toStartEnginesError(caught);
    if (error.code !== 'UnknownService' && error.code !== 'MappingInvalid') throw error;
    return { error, problems: (error.context.problems as readonly MappingProblem[] | undefined) ?? [] };
  }
}

type ReadGroup = (targetGroupArn: string) => Promise<TargetGroupStatus>;

/** Reads each target group once, however many services share it. */
function readOnce(ports: Ports): ReadGroup {
  const readings = new Map<string, Promise<TargetGroupStatus>>();
  async function read(targetGroupArn: string): Promise<TargetGroupStatus> {
    try {
      return { targetGroupArn, targets: await ports.targets.read(targetGroupArn) };
    } catch (caught) {
      const { code, message } = toStartEnginesError(caught);
      return { targetGroupArn, targets: [], problem: `${code}: ${message}` };
    }
  }
  return (targetGroupArn) => {
    const reading = readings.get(targetGroupArn) ?? read(targetGroupArn);
    readings.set(targetGroupArn, reading);
    return reading;
  };
}

async function composeStatus(
  ports: Ports,
  service: string,
  mapping: StatusMapping,
  found: readonly Task[],
  read: ReadGroup,
): Promise<ServiceStatus> {
  const tasks = found.toSorted(compareNewestFirst);
  const live = tasks.filter(isLive);
  const lastEnded = tasks.find((task) => !isLive(task));
  const groupArns = [
    ...(mapping.loaded?.mapping.targetGroups ?? []),
    ...live.flatMap((task) => task.facts?.targets ?? []),
  ].map((group) => group.targetGroupArn);
  const targetGroups = await Promise.all([...new Set(groupArns)].map(read));
  return {
    service,
    tasks: live.map((task) => describeTask(task, ports.clock.now())),
    targetGroups,
    ...(lastEnded === undefined
      ? {}
      : {
          lastStop: {
            taskArn: lastEnded.taskArn,
            ...(lastEnded.stopCode === undefined ? {} : { code: lastEnded.stopCode }),
            ...(lastEnded.stoppedReason === undefined ? {} : { reason: lastEnded.stoppedReason }),
            containers: lastEnded.containers.map(({ name, exitCode, reason }) => ({
              name,
              ...(exitCode === undefined ? {} : { exitCode }),
              ...(reason === undefined ? {} : { reason }),
            })),
          },
        }),
    mapping: {
      ...(mapping.loaded === undefined ? {} : { versions: mapping.loaded.versions }),
      problems: mapping.problems,
    },
  };
}

function describeTask(task: Task, now: number): TaskStatus {
  const { facts } = task;
  return {
    taskArn: task.taskArn,
    taskId: taskIdOf(task.taskArn),
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    ageSeconds: Math.max(0, Math.round((now - task.createdAt) / 1000)),
    ...(task.privateIp === undefined ? {} : { privateIp: task.privateIp }),
    ...(task.retire === undefined ? {} : { retire: task.retire }),
    ...(facts === undefined
      ? {}
      : {
          launch: {
            asked: facts.asked,
            correlationId: facts.correlationId,
            waitFor: facts.waitFor,
            deadline: runDeadlineOf(task) ?? facts.deadline,
            targets: facts.targets,
          },
        }),
  };
}
