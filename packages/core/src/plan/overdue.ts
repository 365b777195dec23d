import { addressesOf } from '../model/addresses.ts';
import { isKept, runDeadlineOf, type Task } from '../model/task.ts';
import { fitsNowhere, isHealthUnknown, isUnhealthySomewhere, routesTo, type View } from '../model/view.ts';

/** Why a task cannot serve although its deadline has passed. */
export type Overdue = 'not-running' | 'no-address' | 'no-fitting-address' | 'groups-gone' | 'not-healthy';

/** How long after its deadline a task is left to the start that launched it, in milliseconds. */
export const launcherGraceMs = 15_000;

/** The task may have served for a long time, so its groups must be missing in two looks this far apart, in milliseconds. */
const missingMs = 5_000;

/**
 * Why a task past its deadline cannot serve: it is not RUNNING, has no address, none of its target groups accepts its addresses, or
 * none of them exists; or it never became healthy, so that the activator still answers its requests. Undefined while its launcher may still take it down.
 */
export function overdueOf(view: View, task: Task): Overdue | undefined {
  if (!isPastDeadline(view, task)) return undefined;
  if (task.lastStatus !== 'RUNNING') return 'not-running';
  if (task.privateIp === undefined) return 'no-address';
  if (fitsNowhere(view, task)) return 'no-fitting-address';
  if ((missingForMs(view, task) ?? 0) >= missingMs) return 'groups-gone';
  return neverBecameHealthy(view, task) ? 'not-healthy' : undefined;
}

/** Only where a route waits for health: otherwise requests reach the task from its registration on. */
function neverBecameHealthy(view: View, task: Task): boolean {
  if (routesTo(view, task).length === 0 || task.upAt !== undefined || isHealthUnknown(view, task)) return false;
  return view.at > healthyDeadlineOf(task) + launcherGraceMs && isUnhealthySomewhere(view, task);
}

/**
 * How long until a task's missing target groups count as deleted, in milliseconds; undefined when they are not all missing, or
 * count as deleted already.
 */
export function goneInMs(view: View, task: Task): number | undefined {
  const missingFor = isPastDeadline(view, task) ? missingForMs(view, task) : undefined;
  return missingFor === undefined || missingFor >= missingMs ? undefined : Math.max(1, missingMs - missingFor);
}

/** The latest time by which a task that has to become healthy should be healthy, in milliseconds since the epoch. */
export function healthyDeadlineOf(task: Task): number {
  const { facts } = task;
  return facts === undefined ? Infinity : (runDeadlineOf(task) ?? facts.deadline) + facts.healthyTimeoutSeconds * 1000;
}

function isPastDeadline({ at }: View, task: Task): boolean {
  return isKept(task) && at > (runDeadlineOf(task) ?? Infinity) + launcherGraceMs;
}

/** For how long all of the task's target groups have been missing; undefined when one exists or cannot be read. */
function missingForMs({ groups }: View, { facts }: Task): number | undefined {
  const spans = facts?.targets.map(({ targetGroupArn }) => {
    const group = groups.find((one) => one.targetGroupArn === targetGroupArn);
    return group?.readable && group.missingSince !== undefined ? group.readAt - group.missingSince : undefined;
  });
  if (spans === undefined || spans.length === 0) return undefined;
  return spans.reduce((least, span) => (least === undefined || span === undefined ? undefined : Math.min(least, span)));
}

export function overdueReason(task: Task, overdue: Overdue): string {
  const { taskArn, lastStatus } = task;
  switch (overdue) {
    case 'not-running':
      return `Task ${taskArn} was not running by its deadline; it is ${lastStatus}.`;
    case 'no-address':
      return `Task ${taskArn} is running, and had no private IP address by its deadline.`;
    case 'no-fitting-address':
      return `Task ${taskArn} is running with ${addressesOf(task).join(' and ')}, and none of its target groups accepts such an address.`;
    case 'not-healthy':
      return `Task ${taskArn} is running, and was not healthy by its deadline.`;
    case 'groups-gone':
      return `Task ${taskArn} is running but unreachable, because its target groups no longer exist. It is stopped; the next start uses the mapping's target groups.`;
  }
}
