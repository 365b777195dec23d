import { addressesOf } from '../model/addresses.ts';
import { isKept, runDeadlineOf, type Task } from '../model/task.ts';
import { fitsNowhere, type View } from '../model/view.ts';

/** Why a task that should have been up by its deadline can serve nobody. */
export type Overdue = 'not-running' | 'no-address' | 'no-fitting-address' | 'groups-gone';

/** How long after its deadline a task is left to the start that launched it. */
export const launcherGraceMs = 15_000;

/** A task may have served for long: its groups must have been missing in two looks, this far apart. */
const missingMs = 5_000;

/**
 * Why a task that should have been up by now can serve nobody: it does not run, ECS shows no address of it, none of its
 * target groups takes an address that it has, or AWS knows none of them any more. Undefined while its launcher may still take it down.
 */
export function overdueOf(view: View, task: Task): Overdue | undefined {
  if (!isPastDeadline(view, task)) return undefined;
  if (task.lastStatus !== 'RUNNING') return 'not-running';
  if (task.privateIp === undefined) return 'no-address';
  if (fitsNowhere(view, task)) return 'no-fitting-address';
  return (missingForMs(view, task) ?? 0) >= missingMs ? 'groups-gone' : undefined;
}

/**
 * How long until it can be said of a task whose target groups are all missing that they are gone, in milliseconds; undefined
 * when they are not all missing, or are gone.
 */
export function goneInMs(view: View, task: Task): number | undefined {
  const missingFor = isPastDeadline(view, task) ? missingForMs(view, task) : undefined;
  return missingFor === undefined || missingFor >= missingMs ? undefined : Math.max(1, missingMs - missingFor);
}

/** When a task that has to become healthy should be healthy at the latest, in milliseconds since the epoch. */
export function healthyDeadlineOf(task: Task): number {
  const { facts } = task;
  return facts === undefined ? Infinity : (runDeadlineOf(task) ?? facts.deadline) + facts.healthyTimeoutSeconds * 1000;
}

function isPastDeadline({ at }: View, task: Task): boolean {
  return isKept(task) && at > (runDeadlineOf(task) ?? Infinity) + launcherGraceMs;
}

/** For how long all of the task's target groups have been missing; undefined when one is there, or cannot be read. */
function missingForMs({ groups }: View, { facts }: Task): number | undefined {
  const spans = facts?.targets.map(({ targetGroupArn }) => {
    const group = groups.find((one) => one.targetGroupArn === targetGroupArn);
    return group?.readable && group.missingSince !== undefined ? group.readAt - group.missingSince : undefined;
  });
  if (spans === undefined || spans.length === 0) return undefined;
  return spans.reduce((least, span) => (least === undefined || span === undefined ? undefined : Math.min(least, span)));
}

/** The reason in a sentence. */
export function overdueReason(task: Task, overdue: Overdue): string {
  const { taskArn, lastStatus } = task;
  switch (overdue) {
    case 'not-running':
      return `Task ${taskArn} was not running by its deadline: it is ${lastStatus}.`;
    case 'no-address':
      return `Task ${taskArn} runs, and ECS shows no private IP address of it by its deadline.`;
    case 'no-fitting-address':
      return `Task ${taskArn} runs with ${addressesOf(task).join(' and ')}, and none of its target groups takes such an address.`;
    case 'groups-gone':
      return `Task ${taskArn} runs and can be reached by nobody: its target groups do not exist any more. It is taken down; a start brings up another where the mapping says.`;
  }
}
