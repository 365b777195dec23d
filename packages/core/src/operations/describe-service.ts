import { leaseEndOf } from '../model/adoptions.ts';
import { clusterName } from '../model/clusters.ts';
import { StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import { factsProblemOf } from '../model/launch-facts.ts';
import { withoutCopies } from '../model/launch-mac.ts';
import type {
  OperationContext,
  ServiceStatus,
  StatusProblem,
  TargetGroupStatus,
  TaskStatus,
} from '../model/operation-types.ts';
import type { Ports } from '../model/ports.ts';
import type { LoadedMapping, MappingProblem } from '../model/service-mapping.ts';
import { compareNewestFirst, isLive, runDeadlineOf, type Task, taskIdOf } from '../model/task.ts';
import { endOfTask } from '../plan/end-of-task.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import { withClaimedFacts } from '../session/claimed-facts.ts';
import { mapWithLimit, servicesAtOnce } from '../session/map-with-limit.ts';
import { patientReads } from '../session/patient-reads.ts';
import { persist } from '../session/persist.ts';
import { type ClusterReadings, groupByService, readClusters } from '../session/read-clusters.ts';
import { manyServices } from '../session/share-reads.ts';
import { sleepReader } from './describe-sleep.ts';

/** How long throttled reads are repeated, in milliseconds. An HTTP API gives up after 29 or 30 s. */
const patienceMs = 10_000;

/**
 * One service's live tasks and its last one. A broken mapping is part of the answer, not an error.
 *
 * @throws StartEnginesError `UnknownService` when there is neither a mapping nor a task; `MappingUnavailable` or an AWS code
 * when no live task was found and something could not be read: an error never looks like "stopped".
 */
export async function describeService(
  ports: Ports,
  service: string,
  context: OperationContext,
): Promise<ServiceStatus> {
  const [described] = await describeAll(ports, context, [service]);
  if (described === undefined) throw new StartEnginesError('Internal', 'A status has no service.');
  const { status, gaps } = described;
  if (status.tasks.length === 0 && gaps[0] !== undefined) throw gaps[0];
  return status;
}

/**
 * The same for several services, or for every service that has a mapping or a task, sorted by name. A service's `problems` list
 * what could not be read about it; the others are described in full.
 *
 * @throws StartEnginesError `MappingUnavailable` when no name is given and the services cannot be listed.
 */
export async function describeServices(
  ports: Ports,
  context: OperationContext,
  names?: readonly string[],
): Promise<readonly ServiceStatus[]> {
  return (await describeAll(ports, context, names)).map(({ status }) => status);
}

interface Described {
  readonly status: ServiceStatus;
  /** Why something is unknown. */
  readonly gaps: readonly StartEnginesError[];
}

async function describeAll(
  ports: Ports,
  context: OperationContext,
  names?: readonly string[],
): Promise<readonly Described[]> {
  const until = Math.min(stopStartingAt(context), ports.clock.now() + patienceMs);
  const patient = patientReads(withClaimedFacts(ports, 'all'), 'all', { until });
  const mapped = names ?? (await patient.mappings.list());
  const loads = await mapWithLimit(mapped, servicesAtOnce, (service) => loadForStatus(patient, service, context));
  const mappings = new Map(mapped.map((service, index) => [service, loads[index] ?? { problems: [] }]));
  const clustersOf = (...some: readonly (StatusMapping | undefined)[]) => [
    ...ports.clusters,
    ...some.flatMap((mapping) => mapping?.loaded?.mapping.cluster ?? []),
  ];
  // From some number of services on, it is cheaper to list each cluster whole.
  const whole =
    names === undefined || names.length >= manyServices
      ? await readClusters(patient, clustersOf(...mappings.values()))
      : undefined;
  const found = whole && groupByService(ports, whole.tasks);
  const services = names ?? [...new Set([...mapped, ...(found?.keys() ?? [])])].toSorted();
  const readGroup = readOnce(ports, until);
  const readSleep = sleepReader(patient);
  return mapWithLimit(services, servicesAtOnce, async (service) => {
    const mapping = mappings.get(service) ?? { problems: [] };
    const readings =
      whole === undefined
        ? await readClusters(patient, clustersOf(mapping), service)
        : { ...whole, tasks: found?.get(service) ?? [] };
    const gaps = gapsOf(mapping, readings);
    const problems = [...gaps.map(toProblem), ...problemsOfHome(mapping, readings)];
    const status = await composeStatus(ports, service, mapping, readings.tasks, readGroup);
    const mapped = mapping.loaded?.mapping;
    const described = mapped?.routes === undefined ? undefined : await readSleep(mapped, readings.tasks);
    const unread = [...problems, ...(described?.problems ?? [])];
    return {
      status: {
        ...status,
        ...(described === undefined ? {} : { sleep: described.sleep }),
        ...(unread.length === 0 ? {} : { problems: unread }),
      },
      gaps: gaps.map(({ error }) => error),
    };
  });
}

interface Gap {
  readonly error: StartEnginesError;
  /** The cluster that could not be read. */
  readonly cluster?: string;
}

/** Why the live tasks are unknown. An unread cluster matters if the task is expected there or none was found. */
function gapsOf({ loaded, error }: StatusMapping, { tasks, unreadable }: ClusterReadings): Gap[] {
  const home = loaded && clusterName(loaded.mapping.cluster);
  const isUp = tasks.some(isLive);
  const unread = [...unreadable].filter(([cluster]) => cluster === home || !isUp);
  const isMappingUnknown =
    error !== undefined && error.code !== 'MappingInvalid' && (error.code !== 'UnknownService' || tasks.length === 0);
  return [...unread.map(([cluster, reason]) => ({ cluster, error: reason })), ...(isMappingUnknown ? [{ error }] : [])];
}

function toProblem({ error: { code, message }, cluster }: Gap): StatusProblem {
  return { code, message: cluster === undefined ? message : `Cluster "${cluster}" could not be read: ${message}` };
}

function problemsOfHome({ loaded }: StatusMapping, { missing }: ClusterReadings): StatusProblem[] {
  const home = loaded && clusterName(loaded.mapping.cluster);
  if (home === undefined || !missing.has(home)) return [];
  return [{ code: 'AwsRejected', message: `The mapping names cluster "${home}", which does not exist.` }];
}

interface StatusMapping {
  readonly loaded?: LoadedMapping;
  readonly problems: readonly MappingProblem[];
  readonly error?: StartEnginesError;
}

/** Reads the mapping again, because the status compares its version with the task's. */
async function loadForStatus(ports: Ports, service: string, { receivedAt }: OperationContext): Promise<StatusMapping> {
  try {
    const loaded = await ports.mappings.load(service, receivedAt);
    return { loaded, problems: loaded.problems };
  } catch (caught) {
    const error = toStartEnginesError(caught);
    return { error, problems: error.context.problems ?? [] };
  }
}

type ReadGroup = (targetGroupArn: string) => Promise<TargetGroupStatus>;

/** Reads each target group once, even if several services share it. */
function readOnce(ports: Ports, until: number): ReadGroup {
  const readings = new Map<string, Promise<TargetGroupStatus>>();
  async function read(targetGroupArn: string): Promise<TargetGroupStatus> {
    try {
      return { targetGroupArn, targets: await persist(ports, 'all', until, () => ports.targets.read(targetGroupArn)) };
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
  const tasks = withoutCopies(found).toSorted(compareNewestFirst);
  const live = tasks.filter(isLive);
  const lastEnded = tasks.find((task) => !isLive(task));
  const groupArns = [
    ...(mapping.loaded?.mapping.targetGroups ?? []),
    ...live.flatMap((task) => task.facts?.targets ?? []),
  ].map((group) => group.targetGroupArn);
  const targetGroups = await Promise.all([...new Set(groupArns)].map(read));
  return {
    service,
    tasks: live.map((task) => describeTask(task, service, ports.clock.now())),
    targetGroups,
    ...(lastEnded === undefined ? {} : { lastStop: describeEnd(lastEnded) }),
    mapping: {
      ...(mapping.loaded === undefined ? {} : { versions: mapping.loaded.versions }),
      problems: mapping.problems,
    },
  };
}

function describeEnd(task: Task): NonNullable<ServiceStatus['lastStop']> {
  const { taskArn, stopCode, stoppedReason, containers } = task;
  const { kind, container, exitCode: decisive, sentence } = endOfTask(task);
  return {
    taskArn,
    ...(stopCode === undefined ? {} : { code: stopCode }),
    ...(stoppedReason === undefined ? {} : { reason: stoppedReason }),
    kind,
    ...(container === undefined ? {} : { container }),
    ...(decisive === undefined ? {} : { exitCode: decisive }),
    message: sentence,
    containers: containers.map(({ name, exitCode, reason }) => ({
      name,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(reason === undefined ? {} : { reason }),
    })),
  };
}

function describeTask(task: Task, service: string, now: number): TaskStatus {
  const { facts } = task;
  const leaseUntil = leaseEndOf(task);
  return {
    taskArn: task.taskArn,
    taskId: taskIdOf(task.taskArn),
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    ageSeconds: Math.max(0, Math.round((now - task.createdAt) / 1000)),
    ...(task.privateIp === undefined ? {} : { privateIp: task.privateIp }),
    ...(task.privateIpv6 === undefined ? {} : { privateIpv6: task.privateIpv6 }),
    ...(task.retire === undefined ? {} : { retire: task.retire }),
    ...(leaseUntil === undefined ? {} : { leaseUntil }),
    ...(facts === undefined
      ? { factsProblem: { ...(task.factsProblem ?? { kind: 'missing' }), message: describeForeign(task, service) } }
      : {
          launch: {
            asked: facts.asked,
            correlationId: facts.correlationId,
            waitFor: facts.waitFor,
            deadline: runDeadlineOf(task) ?? facts.deadline,
            targets: facts.targets,
            ...(facts.mappingVersions === undefined ? {} : { mappingVersions: facts.mappingVersions }),
          },
        }),
  };
}

function describeForeign(task: Task, service: string): string {
  const taskId = taskIdOf(task.taskArn);
  const alone = `aws ecs stop-task --cluster ${clusterName(task.clusterArn)} --task ${taskId}`;
  const what = `Task ${taskId} ${factsProblemOf(task)}, so it is neither registered nor adopted.`;
  return `${what} Stop it with the other tasks of the service ("engines stop ${service}"), or alone ("${alone}").`;
}
