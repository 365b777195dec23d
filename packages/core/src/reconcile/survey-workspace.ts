import { addressesOf } from '../model/addresses.ts';
import { clusterName, distinctClusters } from '../model/clusters.ts';
import { StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import { isOwner, ownerOf, serviceOfOwner } from '../model/identity.ts';
import { factsProblemOf } from '../model/launch-facts.ts';
import { neighboursAmong } from '../model/neighbours.ts';
import { pausedSince } from '../model/pauses.ts';
import type { Ports } from '../model/ports.ts';
import type { LoadedMapping, ServiceMapping, TargetGroupPort } from '../model/service-mapping.ts';
import { isLive, type Task } from '../model/task.ts';
import { claimants, targetKey, type View } from '../model/view.ts';
import { remarksOnLeftovers } from '../plan/plan-leftovers.ts';
import { loadMapping } from '../session/load-mapping.ts';
import { mapWithLimit, servicesAtOnce } from '../session/map-with-limit.ts';
import type { SurveyFindings } from '../session/memory.ts';
import { readMappedGroups, readMappedRoutes } from '../session/observe.ts';
import { patientReads } from '../session/patient-reads.ts';
import { groupByService, readClusters } from '../session/read-clusters.ts';
import { neighbourReader } from '../session/read-neighbours.ts';
import { ServiceSession } from '../session/service-session.ts';
import { reviewUse } from './review-use.ts';

export type Mapping = LoadedMapping | StartEnginesError;

/** The mapping, or the error that explains why there is none. */
export async function loadOrExplain(ports: Ports, service: string): Promise<Mapping> {
  try {
    return await loadMapping(ports, service);
  } catch (caught) {
    return toStartEnginesError(caught);
  }
}

function mappingOf(mapping: Mapping | undefined): ServiceMapping | undefined {
  return mapping === undefined || mapping instanceof StartEnginesError ? undefined : mapping.mapping;
}

/** A session for a service, also when its mapping cannot be read. */
export function openSession(
  ports: Ports,
  service: string,
  until: number,
  mapping: Mapping | undefined,
  clusters: readonly string[],
): ServiceSession {
  const mapped = mappingOf(mapping);
  return new ServiceSession(ports, {
    readNeighbours: neighbourReader(ports, service),
    service,
    until,
    startedBy: ownerOf(ports.workspace, service),
    clusters: distinctClusters([...(mapped === undefined ? [] : [mapped.cluster]), ...clusters, ...ports.clusters]),
    targetGroupArns: mapped?.targetGroups.map((group) => group.targetGroupArn) ?? [],
    routes: mapped?.routes,
    readsStopNote: true,
  });
}

/** A service as a survey of the workspace found it. */
export interface SurveyedService {
  readonly service: string;
  /** Undefined when the service has tasks and no parameter. */
  readonly mapping: Mapping | undefined;
  readonly session: ServiceSession;
  readonly tasks: readonly Task[];
  readonly findings: SurveyFindings;
  /** Findings about its target groups. */
  readonly remarks: readonly string[];
  /** Why the cluster of its mapping could not be read. It fails this service only. */
  readonly problem?: StartEnginesError;
  /** When the survey's first read began, in milliseconds since the epoch. */
  readonly readAt: number;
}

/**
 * Looks at every service of the workspace that has a mapping or a task in one of the clusters, which are listed whole, 100 tasks per
 * call.
 *
 * @throws StartEnginesError `MappingUnavailable` or an AWS code.
 */
export async function surveyWorkspace(ports: Ports, until: number): Promise<readonly SurveyedService[]> {
  const patient = patientReads(ports, 'all', { until });
  const named = await patient.mappings.list();
  const mappings = new Map<string, Mapping>();
  await mapWithLimit(named, servicesAtOnce, async (service) => {
    mappings.set(service, await loadOrExplain(patient, service));
  });

  const sessions = new Map(
    named.map((service) => [service, openSession(ports, service, until, mappings.get(service), [])]),
  );
  const readAt = ports.clock.now();
  // Rules before targets, and targets before tasks, as in every look. One call reads many rules.
  await Promise.all([...sessions.values()].map(readMappedRoutes));
  await mapWithLimit([...sessions.values()], servicesAtOnce, readMappedGroups);
  const clustersReadAt = ports.clock.now();
  const { found, unreadable } = await readTasks(patient, mappings);
  const byService = groupByService(ports, found);
  const neighbours = neighboursAmong(found, clustersReadAt);
  const pauses = await readPauses(patient, mappings);
  const reviews = await reviewUse(
    ports,
    new Map(
      named.flatMap((service) => {
        const mapping = mappingOf(mappings.get(service));
        return mapping === undefined ? [] : [[service, { mapping, tasks: byService.get(service) ?? [] }] as const];
      }),
    ),
  );
  const endedTargets = new Set(found.filter((task) => !isLive(task)).flatMap(targetsOf));
  const standing = standingByGroup(ports, mappings, found);
  return [...new Set([...named, ...byService.keys()])].toSorted().map((service) => {
    const tasks = byService.get(service) ?? [];
    const session = sessions.get(service) ?? openSession(ports, service, until, undefined, tasks.map(clusterOf));
    const mapping = mappings.get(service);
    const problem = unreadable.get(clusterName(mappingOf(mapping)?.cluster ?? ''));
    const { exclusiveGroupArns, remarks } = groupsOfItsOwn(service, mappingOf(mapping), standing);
    const pausedAt = pauses(service);
    // Without a parameter the service is not stopped when it is idle. With a broken one it is unknown.
    const review = mapping === undefined || isUnknownService(mapping) ? { use: [] } : reviews.get(service);
    const findings = {
      exclusiveGroupArns,
      endedTargets,
      neighbours,
      ...(pausedAt === undefined ? {} : { pausedAt }),
      ...(review === undefined ? {} : { review }),
    };
    return { service, mapping, session, tasks, readAt, findings, remarks, ...(problem && { problem }) };
  });
}

/** When the pause of each service was requested. It is read only if requests can wake a service of the workspace. */
async function readPauses(
  ports: Ports,
  mappings: ReadonlyMap<string, Mapping>,
): Promise<(service: string) => number | undefined> {
  if (![...mappings.values()].some((mapping) => mappingOf(mapping)?.routes !== undefined)) return () => undefined;
  try {
    const pauses = await ports.pauses.list();
    return (service) => pausedSince(pauses.get(service));
  } catch (caught) {
    // A pause that was interrupted is completed by the next reconcile.
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service: 'all', kind: 'aws-trouble', code, message });
    return () => undefined;
  }
}

function isUnknownService(mapping: Mapping): mapping is StartEnginesError {
  return mapping instanceof StartEnginesError && mapping.code === 'UnknownService';
}

/** The targets that a task was started with, by `targetKey`. */
function targetsOf(task: Task): string[] {
  return (task.facts?.targets ?? []).flatMap(({ targetGroupArn, port }) =>
    addressesOf(task).map((address) => targetKey(targetGroupArn, address, port)),
  );
}

/**
 * The services of each target group, by their mapping or by a live task's launch facts. A service of another workspace is named with
 * its workspace.
 */
function standingByGroup(
  { workspace }: Ports,
  mappings: ReadonlyMap<string, Mapping>,
  found: readonly Task[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const standing = new Map<string, Set<string>>();
  const add = (service: string, { targetGroupArn }: TargetGroupPort) =>
    standing.set(targetGroupArn, (standing.get(targetGroupArn) ?? new Set()).add(service));
  for (const [service, mapping] of mappings) {
    for (const group of mappingOf(mapping)?.targetGroups ?? []) add(service, group);
  }
  for (const { startedBy, facts } of found.filter((task) => isLive(task) && isOwner(task.startedBy))) {
    const service = serviceOfOwner(workspace, startedBy) ?? startedBy.slice(startedBy.indexOf('/') + 1);
    for (const group of facts?.targets ?? []) add(service, group);
  }
  return standing;
}

/** The groups that belong to one service alone. A group that another service uses belongs to none. */
function groupsOfItsOwn(
  service: string,
  mapping: ServiceMapping | undefined,
  standing: ReadonlyMap<string, ReadonlySet<string>>,
): Pick<SurveyedService, 'remarks'> & Pick<SurveyFindings, 'exclusiveGroupArns'> {
  const own = mapping?.exclusiveTargetGroup ? mapping.targetGroups.map((group) => group.targetGroupArn) : [];
  const othersIn = (arn: string) => [...(standing.get(arn) ?? [])].filter((other) => other !== service);
  const remarks = own
    .filter((arn) => othersIn(arn).length > 0)
    .map(
      (arn) => `Services ${othersIn(arn).join(', ')} also use target group ${arn}. Set exclusiveTargetGroup to false.`,
    );
  return { exclusiveGroupArns: new Set(own.filter((arn) => othersIn(arn).length === 0)), remarks };
}

interface TasksOfClusters {
  /** All tasks, of all owners. */
  readonly found: readonly Task[];
  /** By name. Clusters that appear only in a mapping, possibly by mistake. */
  readonly unreadable: ReadonlyMap<string, StartEnginesError>;
}

/** All tasks in all clusters. @throws StartEnginesError when one of CLUSTERS cannot be read */
async function readTasks(ports: Ports, mappings: ReadonlyMap<string, Mapping>): Promise<TasksOfClusters> {
  const mapped = [...mappings.values()].flatMap((mapping) => mappingOf(mapping)?.cluster ?? []);
  const { tasks, unreadable } = await readClusters(ports, [...ports.clusters, ...mapped]);
  for (const cluster of ports.clusters) {
    const problem = unreadable.get(clusterName(cluster));
    if (problem !== undefined) throw problem;
  }
  return { found: tasks, unreadable };
}

function clusterOf(task: Task): string {
  return clusterName(task.clusterArn);
}

/** Findings of a look that are left to people. */
export function remarksOn(ports: Ports, mapping: Mapping | undefined, view: View): string[] {
  return [...remarksOnTasks(ports, mapping, claimants(view)), ...remarksOnLeftovers(view), ...remarksOnRoutes(view)];
}

function remarksOnRoutes({ routing }: View): string[] {
  return (routing?.routes ?? []).flatMap(({ listenerRuleArn, state }) => {
    if (state === 'foreign') {
      return `Rule ${listenerRuleArn} does not forward to exactly the service's and the activator's target groups, so start-engines leaves it alone.`;
    }
    return state === 'missing' ? `Rule ${listenerRuleArn}, which the mapping names, does not exist.` : [];
  });
}

function remarksOnTasks(ports: Ports, mapping: Mapping | undefined, tasks: readonly Task[]): string[] {
  const live = tasks.filter(isLive);
  const broken = mapping === undefined || mapping instanceof StartEnginesError ? [] : problemsOf(mapping);
  if (live.length === 0) return broken;
  if (mapping === undefined || isUnknownService(mapping)) {
    return live.map((task) => `Task ${task.taskArn} is running, and its service has no mapping.`);
  }
  if (mapping instanceof StartEnginesError) return [`${mapping.code}: ${mapping.message}`];
  const home = clusterName(mapping.mapping.cluster);
  const strange = live.flatMap((task) => [
    ...(clusterOf(task) === home ? [] : [`Task ${task.taskArn} runs outside the mapping's cluster ${home}.`]),
    ...(task.facts === undefined
      ? [
          `Task ${task.taskArn} ${factsProblemOf(task)}, so it is neither registered nor adopted. A stop of the service stops it.`,
        ]
      : []),
    ...(ports.clusters.some((cluster) => clusterName(cluster) === home)
      ? []
      : [`The mapping's cluster ${home} is not among the function's CLUSTERS.`]),
  ]);
  return [...broken, ...strange];
}

/** The problems of the newest version, for which an older one is used. */
function problemsOf({ problems }: LoadedMapping): string[] {
  return problems.map(
    ({ parameter, version, key, message }) => `${parameter}:${version}${key && `, ${key}`}: ${message}`,
  );
}
