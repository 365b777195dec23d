import type { Ports } from '../model/ports.ts';
import { isKept, isLive, type Task } from '../model/task.ts';
import { routesTo, type View } from '../model/view.ts';
import { endOfTask } from '../plan/end-of-task.ts';
import { isServing, standsEverywhere } from '../plan/plan-targets.ts';
import { whyUnreachable } from '../plan/started-targets.ts';
import { announce, unreachableMessage } from '../session/announce.ts';
import { endFacts } from '../session/announce-end.ts';
import { markUp, publishEnd } from '../session/carry-out.ts';
import { publishActivation, publishFailed, publishUp } from '../session/publish-activation.ts';
import type { ServiceSession } from '../session/service-session.ts';

/**
 * Publishes the results of starts with `wait: none`, whose callers do not wait for them.
 *
 * @param changedTaskArn the task whose change triggered the look
 */
export async function publishUnawaitedStarts(
  ports: Ports,
  service: string,
  session: ServiceSession,
  view: View,
  changedTaskArn?: string,
): Promise<void> {
  // A task that was up once is not taken down for its health, whichever start launched it.
  const unmarked = view.tasks.filter((task) => routesTo(view, task).length > 0 && isNewlyUp(view, task));
  for (const task of unmarked) {
    if (task.facts?.waitFor !== 'none') await markUp(session, task);
    await publishUp(ports, service, task);
  }
  for (const task of view.tasks.filter((one) => one.facts?.waitFor === 'none')) {
    // If the task is registered already, the process that registered it may have died before it published that.
    const isStanding = task.taskArn === changedTaskArn ? standsEverywhere(view, task) : hasRegistered(session, task);
    const isNews = routesTo(view, task).length > 0 ? unmarked.includes(task) : isStanding;
    if (isKept(task) && isNews && (await markUp(session, task))) {
      await publishEndOfStart(ports, service, view, task, 'Service Started');
    }
    const ended = task.lastStatus === 'STOPPED' && task.retire === undefined;
    if (!ended || task.taskArn !== changedTaskArn) continue;
    const failed = task.stopCode === 'TaskFailedToStart' && endOfTask(task).kind !== 'finished';
    if (failed) {
      await publishEndOfStart(ports, service, view, task, 'Service Start Failed');
      if (routesTo(view, task).length > 0) await publishFailed(ports, service, task);
    } else await publishEnd(session, task);
  }
}

/**
 * Publishes that a task has ended because it was idle or its lease had ended: no person requested the stop. ECS reports the end at least
 * once, whichever process stopped the task.
 */
export async function publishAutomaticStop(
  ports: Ports,
  service: string,
  view: View,
  changedTaskArn: string,
): Promise<void> {
  const task = view.tasks.find((one) => one.taskArn === changedTaskArn);
  const kind = task?.retire?.kind;
  if (task?.lastStatus !== 'STOPPED' || (kind !== 'idle' && kind !== 'lease')) return;
  if (view.routing !== undefined && !view.tasks.some(isLive)) {
    await publishActivation(ports, service, { state: 'asleep', since: view.at });
  }
  await announce(ports, {
    type: kind === 'idle' ? 'Service Idle Stopped' : 'Service Stopped',
    operation: 'reconcile',
    service,
    correlationId: task.facts?.correlationId ?? changedTaskArn,
    taskArns: [changedTaskArn],
    message: kind === 'idle' ? 'The service was not used.' : 'The lease of the service ended.',
  });
}

function isNewlyUp(view: View, task: Task): boolean {
  return isKept(task) && task.upAt === undefined && isServing(view, task);
}

function hasRegistered(session: ServiceSession, task: Task): boolean {
  return session.done.some((action) => action.kind === 'register' && action.task.taskArn === task.taskArn);
}

async function publishEndOfStart(
  ports: Ports,
  service: string,
  view: View,
  task: Task,
  type: 'Service Started' | 'Service Start Failed',
): Promise<void> {
  const { taskArn, facts } = task;
  const end = endOfTask(task);
  await announce(ports, {
    type,
    operation: 'start',
    service,
    correlationId: facts?.correlationId ?? taskArn,
    taskArns: [taskArn],
    durationMs: view.at - (facts?.asked ?? view.at),
    ...(type === 'Service Started'
      ? { reused: false, ...unreachableMessage(whyUnreachable(view, task)) }
      : { errorCode: 'TaskStopped', message: end.sentence, ...endFacts(task, end) }),
  });
}
