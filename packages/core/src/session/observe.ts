import { isLate } from '../model/adoptions.ts';
import { clusterInArn } from '../model/clusters.ts';
import type { Patience, Ports } from '../model/ports.ts';
import { isKept, mayBeCopy, mayStandInGroups, type Task } from '../model/task.ts';
import type { View } from '../model/view.ts';
import { needsNeighbours } from '../plan/plan-upkeep.ts';
import { stopNoteValidMs } from '../plan/wait-schedule.ts';
import { listPresent } from './list-present.ts';
import type { SurveyFindings } from './memory.ts';
import { persistThrottled } from './persist.ts';
import { readAddressTypes } from './read-address-types.ts';
import { readGroup } from './read-group.ts';
import { readRoute } from './read-route.ts';
import type { ServiceSession } from './service-session.ts';

/**
 * Looks at all of the service: its listener rules, then targets, then its tasks, RUNNING before STOPPED. A rule read later could
 * already be the answer to a change of the targets that the look does not show.
 *
 * @param endedTasks `needed` reads the ended tasks only if ECS lists no live task that is to stay and cannot be a copy
 */
export async function lookAtService(session: ServiceSession, endedTasks: 'always' | 'needed'): Promise<View> {
  const { memory, scope } = session;
  await readRoutes(session);
  await readGroups(session, [...scope.targetGroupArns, ...groupsOf(memory.tasks())]);
  memory.rememberListing();
  const listed = await readTasks(session, 'RUNNING');
  // A task that an earlier look has seen live may have ended since.
  const isUp = (task: Task) => isKept(task) && listed.has(task.taskArn) && !mayBeCopy(task, session.ports.clock.now());
  if (endedTasks === 'always' || !memory.genuineTasks().some(isUp)) await readTasks(session, 'STOPPED');
  return completeLook(session);
}

/** How long a survey repeats the read of one rule or target group that is throttled, in milliseconds. */
const surveyPatienceMs = 20_000;

/** Reads the mapping's listener rules, before `readMappedGroups`. */
export function readMappedRoutes(session: ServiceSession): Promise<void> {
  return readRoutes(session, portsOfSurvey(session));
}

/** Reads the mapping's target groups, before `lookAtTasks`. */
export function readMappedGroups(session: ServiceSession): Promise<void> {
  return readGroups(session, session.scope.targetGroupArns, portsOfSurvey(session));
}

/**
 * A survey reads so many rules and groups that Elastic Load Balancing throttles some reads. If they were not repeated, targets would be
 * registered again and routes would be unknown.
 */
function portsOfSurvey({ ports, scope, until }: ServiceSession): Ports {
  const { rules, targets } = ports;
  const patiently: Patience = (read) =>
    persistThrottled(ports, scope.service, Math.min(until, ports.clock.now() + surveyPatienceMs), read);
  return {
    ...ports,
    rules: { ...rules, read: (route) => patiently(() => rules.read(route)) },
    targets: { ...targets, read: (arn) => patiently(() => targets.read(arn)) },
  };
}

/**
 * Completes a look with the tasks that a survey of the workspace has read after `readMappedGroups`. Only a survey can show
 * which targets belong to no task, so no other look leads to their removal.
 */
export async function lookAtTasks(
  session: ServiceSession,
  tasks: readonly Task[],
  findings: SurveyFindings,
): Promise<View> {
  const { memory } = session;
  memory.rememberSurvey(findings);
  memory.rememberListing();
  for (const task of tasks) memory.rememberReading(task);
  return completeLook(session);
}

/** Looks at one task, after its targets if it can have any. */
export async function lookAtTask(session: ServiceSession, taskArn: string): Promise<View> {
  const { memory, ports, scope } = session;
  const known = memory.task(taskArn);
  // A task that is not running gets no requests.
  if (known !== undefined && mayStandInGroups(known)) await readRoutes(session);
  if (known !== undefined && mayStandInGroups(known)) await readGroups(session, groupsOf([known]));
  // Targets read before the task had its address are not the task's.
  else if (known !== undefined) for (const arn of groupsOf([known])) memory.forgetGroup(arn);
  const readings = await ports.tasks.describe(clusterInArn(taskArn, scope.clusters), [taskArn]);
  for (const task of readings.tasks) {
    if (task.startedBy === scope.startedBy) memory.rememberReading(task);
    else memory.rememberStranger(task.taskArn);
  }
  memory.noticeDraining();
  return readNeighboursOf(session, await completeView(session, 'task'));
}

/** What is known now, with the address types that are needed to register a task. */
export async function completeView(session: ServiceSession, viewScope: View['scope']): Promise<View> {
  const { memory, ports, scope } = session;
  const types = await readAddressTypes(ports, scope.service, memory.view(viewScope));
  for (const [targetGroupArn, type] of types) memory.rememberAddressType(targetGroupArn, type);
  return memory.view(viewScope);
}

async function completeLook(session: ServiceSession): Promise<View> {
  const { memory } = session;
  const further = groupsOf(memory.tasks()).filter((arn) => memory.group(arn) === undefined);
  await readGroups(session, further);
  memory.noticeStrays();
  memory.noticeDraining();
  memory.noticeVacancies();
  await readStopNote(session);
  return readNeighboursOf(session, await completeView(session, 'service'));
}

/** Reads which task has an address now, where a plan could not decide about a target otherwise. */
async function readNeighboursOf({ memory, scope }: ServiceSession, view: View): Promise<View> {
  if (!needsNeighbours(view)) return view;
  memory.rememberNeighbours(await scope.readNeighbours(memory.clusters()));
  return memory.view(view.scope);
}

/** A stop looks twice, so it finds a task that was launched soon after its request. Only a later one can have missed it. */
async function readStopNote({ memory, ports, scope }: ServiceSession): Promise<void> {
  if (!scope.readsStopNote) return;
  const readAt = ports.clock.now();
  if (memory.stopNote !== undefined && readAt - memory.stopNote.readAt < stopNoteValidMs) return;
  if (!memory.genuineTasks().some((task) => isKept(task) && isLate(task))) return;
  memory.rememberStopNote(readAt, await ports.stopNotes.latest(scope.service));
}

async function readRoutes({ memory, ports: own, scope }: ServiceSession, ports: Ports = own): Promise<void> {
  const { routes = [], service } = scope;
  if (routes.length === 0) return;
  const views = await Promise.all(routes.map((route) => readRoute(ports, service, route)));
  memory.rememberRoutes(views, ports.rules.settleMs);
}

async function readGroups(
  { memory, ports: own, scope }: ServiceSession,
  targetGroupArns: readonly string[],
  ports: Ports = own,
): Promise<void> {
  await Promise.all(
    [...new Set(targetGroupArns)].map(async (arn) => {
      memory.rememberGroup(await readGroup(ports, scope.service, arn, memory.group(arn)));
    }),
  );
}

/** @returns the ARNs that ECS lists */
async function readTasks(
  { memory, ports, scope: { service, startedBy } }: ServiceSession,
  desiredStatus: 'RUNNING' | 'STOPPED',
): Promise<ReadonlySet<string>> {
  const lists = await Promise.all(
    memory.clusters().map(async (cluster) => {
      const list = () => ports.tasks.list(cluster, startedBy, desiredStatus);
      const taskArns = (await listPresent(ports, service, list)) ?? [];
      // A STOPPED task no longer changes.
      const unknown = taskArns.filter(
        (arn) => desiredStatus === 'RUNNING' || memory.task(arn)?.lastStatus !== 'STOPPED',
      );
      const readings = unknown.length === 0 ? [] : (await ports.tasks.describe(cluster, unknown)).tasks;
      for (const task of readings) memory.rememberReading(task);
      return taskArns;
    }),
  );
  return new Set(lists.flat());
}

function groupsOf(tasks: readonly Task[]): string[] {
  return tasks.flatMap((task) => task.facts?.targets.map((target) => target.targetGroupArn) ?? []);
}
