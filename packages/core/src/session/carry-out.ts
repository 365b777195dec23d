import { withAdoption } from '../model/adoptions.ts';
import { clusterInArn } from '../model/clusters.ts';
import { isTransient, toStartEnginesError } from '../model/errors.ts';
import type { LaunchReply } from '../model/ports.ts';
import type { ServiceMapping } from '../model/service-mapping.ts';
import { isKept, type LaunchFacts, type Task } from '../model/task.ts';
import { formatStopReason } from '../model/task-marks.ts';
import type { Action, LaunchAction } from '../plan/actions.ts';
import { portsOf } from '../plan/choose-container.ts';
import { isKeyed, launchToken } from '../plan/launch-token.ts';
import { type Overdue, overdueReason } from '../plan/overdue.ts';
import { announceOverdue } from './announce.ts';
import { announceEnd, announceTakedown } from './announce-end.ts';
import type { ServiceSession } from './service-session.ts';

/** How long after a task was read it may be registered or marked. With the lag of tags and the call itself that is less than `markVisibleMs`. */
const lookValidMs = 5_000;

/** Asks ECS for the next generation. */
export async function launch(
  { ports, scope: { service, startedBy }, memory }: ServiceSession,
  action: LaunchAction,
  mapping: ServiceMapping,
  facts: LaunchFacts,
): Promise<LaunchReply> {
  const clientToken = launchToken(startedBy, action.predecessor?.taskArn, action.attempt);
  const reply = await ports.tasks.launch({
    cluster: mapping.cluster,
    taskDefinition: mapping.taskDefinition,
    capacity: mapping.capacity,
    subnets: mapping.subnets,
    securityGroups: mapping.securityGroups,
    assignPublicIp: mapping.assignPublicIp,
    ...(mapping.taskOptions === undefined ? {} : { taskOptions: mapping.taskOptions }),
    ...(mapping.containerName === undefined ? {} : { containerName: mapping.containerName }),
    ports: portsOf(mapping),
    environment: mapping.environment,
    startedBy,
    ...(isKeyed(action.attempt) ? { isTokenKeyed: true } : {}),
    clientToken,
    facts,
  });
  if (reply.kind === 'task') {
    // A replayed reply for a stopped task may contain only its ARN and states.
    const task: Task = { ...reply.task, startedBy };
    // Facts that do not verify are not those that were sent, and no other process would accept them.
    const isRefused = task.facts === undefined && task.factsProblem?.kind === 'unauthentic';
    memory.remember(isRefused ? task : { ...task, facts: task.facts ?? facts });
    ports.journal.record({ service, kind: 'launched', taskArn: task.taskArn, clientToken });
  }
  return reply;
}

/** Carries out one action of a plan. */
export async function act(session: ServiceSession, action: Action): Promise<void> {
  if (await carryOut(session, action)) session.done.push(action);
}

/** False when there was nothing to do any more. */
async function carryOut(session: ServiceSession, action: Action): Promise<boolean> {
  const { ports, scope, memory } = session;
  const { tasks, targets, journal, clock } = ports;
  const { service } = scope;
  switch (action.kind) {
    case 'mark-adopted':
      if ((await tasks.markAdopted(action.task.taskArn, action.adoption)) === 'ended') break;
      memory.remember(withAdoption(action.task, action.adoption));
      return true;
    case 'mark-up':
      if ((await tasks.markUp(action.task.taskArn, action.at)) === 'ended') break;
      memory.remember({ ...action.task, upAt: action.at });
      return true;
    case 'cordon': {
      if (!(await isUnchanged(session, action.task))) return false;
      if ((await tasks.markCordon(action.task.taskArn, action.cordon)) === 'ended') break;
      memory.remember({ ...action.task, cordon: action.cordon });
      const kind = action.cordon.lastAsked === undefined ? 'uncordoned' : 'cordoned';
      journal.record({ service, kind, taskArn: action.task.taskArn });
      return true;
    }
    case 'mark-retiring': {
      if (!(await isUnchanged(session, action.task))) return false;
      // Published first: the process that finishes this for us would find nothing to publish.
      if (action.overdue !== undefined) await publishOverdue(session, action.task, action.overdue);
      const mark = scope.routes === undefined ? action.mark : { ...action.mark, writtenAt: clock.now() };
      const marking = await tasks.markRetiring(action.task.taskArn, mark);
      if (marking === 'ended') break;
      if (marking === 'full') {
        // The owner's tags must not keep the task running. This operation continues; others cannot see that the task is retiring.
        const message = `Task ${action.task.taskArn} has no room for another tag, so it is stopped without a mark.`;
        journal.record({ service, kind: 'aws-trouble', code: 'AwsRejected', message });
      }
      memory.remember({ ...action.task, retire: mark });
      journal.record({ service, kind: 'retiring', taskArn: action.task.taskArn, by: action.mark.by });
      return true;
    }
    case 'stop': {
      // A later start may have made the mark void meanwhile.
      if (await isStillKept(session, action.task)) return false;
      const reason = formatStopReason(action.mark);
      const reply = await tasks.stop(action.task.taskArn, reason);
      if (reply === 'not-found') break;
      const { stoppedReason } = reply;
      const stoppingAt = clock.now();
      memory.remember({ ...action.task, desiredStatus: 'STOPPED', stoppingAt, retire: action.mark, stoppedReason });
      // Another process stopped it first, or it was ending on its own.
      if (stoppedReason !== reason) return false;
      journal.record({ service, kind: 'stopped', taskArn: action.task.taskArn, reason });
      return true;
    }
    case 'register': {
      const { targetGroupArn, ip, port } = action;
      if (!(await isStillKept(session, action.task))) return false;
      await targets.register(targetGroupArn, { ip, port });
      memory.rememberRegistration(targetGroupArn, ip, port);
      journal.record({ service, kind: 'registered', taskArn: action.task.taskArn, targetGroupArn, port });
      return true;
    }
    case 'deregister':
      return deregister(session, action);
    case 'point': {
      const { route, to } = action;
      await ports.rules.point(route, to);
      memory.rememberRoute(route.listenerRuleArn, to);
      journal.record({ service, kind: 'routed', listenerRuleArn: route.listenerRuleArn, to });
      return true;
    }
    case 'note-stop':
      await ports.stopNotes.note(service, action.asked);
      memory.rememberStopNoted();
      journal.record({ service, kind: 'stop-noted', asked: action.asked });
      return true;
  }
  memory.rememberEnd(action.task);
  return false;
}

/**
 * Reads the task again if the look is old, because AWS has held up its later reads. A task may be stopped `markVisibleMs` after
 * its mark: by then no process may register it for a look that does not show the mark.
 */
async function isStillKept(session: ServiceSession, { taskArn }: Task): Promise<boolean> {
  const known = await readRecently(session, taskArn);
  return known !== undefined && isKept(known);
}

/**
 * Whether the task is as the plan saw it. If the look is old, a task that had not started may be up by now, and a later start may
 * have requested it.
 */
async function isUnchanged(session: ServiceSession, seen: Task): Promise<boolean> {
  const known = await readRecently(session, seen.taskArn);
  const facts = (task: Task) =>
    [task.version, task.lastStatus, task.adoptedAsked, task.wokenAsked, task.upAt, isKept(task)].join();
  return known !== undefined && facts(known) === facts(seen);
}

/** The task as ECS showed it at most `lookValidMs` ago. */
async function readRecently({ ports, memory, scope }: ServiceSession, taskArn: string): Promise<Task | undefined> {
  if (memory.wasReadWithin(taskArn, lookValidMs)) return memory.task(taskArn);
  const { tasks } = await ports.tasks.describe(clusterInArn(taskArn, scope.clusters), [taskArn]);
  for (const task of tasks) memory.rememberReading(task);
  return memory.task(taskArn);
}

async function deregister(session: ServiceSession, action: Extract<Action, { kind: 'deregister' }>): Promise<boolean> {
  const { ports, scope, memory } = session;
  const { service } = scope;
  const { targetGroupArn, ip, port } = action;
  // Published first: once the target is gone, the process that finishes this for us would find nothing to publish.
  if (action.interrupted !== undefined) await publishEnd(session, action.interrupted);
  try {
    await ports.targets.deregister(targetGroupArn, { ip, port });
  } catch (caught) {
    const problem = toStartEnginesError(caught);
    if (!action.precaution || problem.code === 'Internal' || isTransient(problem)) throw problem;
    ports.journal.record({ service, kind: 'aws-trouble', code: problem.code, message: problem.message });
    memory.rememberAbsence(targetGroupArn, ip, port);
    return false;
  }
  memory.rememberDeregistration(targetGroupArn, ip, port);
  ports.journal.record({ service, kind: 'deregistered', targetGroupArn, ip, port });
  if (action.stray) ports.journal.record({ service, kind: 'stray-target', targetGroupArn, ip, port });
  return true;
}

/**
 * Marks a task as up, before a start is answered: from then on no other start takes it down. When AWS refuses the mark, the
 * task is up anyway, and the journal says what failed.
 *
 * @returns False when the task has ended.
 * @throws StartEnginesError `AwsThrottled` or `AwsUnavailable`.
 */
export async function markUp(session: ServiceSession, task: Task): Promise<boolean> {
  if (!isKept(task) || task.upAt !== undefined) return true;
  const { ports, scope, memory } = session;
  try {
    await act(session, { kind: 'mark-up', task, at: ports.clock.now() });
  } catch (caught) {
    const error = toStartEnginesError(caught);
    if (isTransient(error)) throw error;
    ports.journal.record({ service: scope.service, kind: 'aws-trouble', code: error.code, message: error.message });
  }
  return memory.task(task.taskArn)?.desiredStatus !== 'STOPPED';
}

/** Publishes once that a task has ended, or is taken down for a reason, although no operation requested it. */
export async function publishEnd(session: ServiceSession, task: Task, takenDownFor?: string): Promise<void> {
  const { ports, scope, publishedEnds } = session;
  if (publishedEnds.has(task.taskArn)) return;
  publishedEnds.add(task.taskArn);
  if (takenDownFor === undefined) await announceEnd(ports, scope.service, task);
  else await announceTakedown(ports, scope.service, task, takenDownFor);
}

async function publishOverdue(session: ServiceSession, task: Task, overdue: Overdue): Promise<void> {
  const reason = overdueReason(task, overdue);
  // It may have served for a long time, and its users were answered that it is up.
  if (overdue === 'groups-gone') await publishEnd(session, task, reason);
  else await announceOverdue(session.ports, session.scope.service, task, reason);
}
