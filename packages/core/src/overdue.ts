import type { TargetGroupPort } from './service-mapping.ts';
import { isKept, type Task } from './task.ts';
import type { View } from './view.ts';

/** Why a task that should have been up by its deadline can serve nobody. */
export type Overdue = 'not-running' | 'no-address' | 'groups-gone';

/** How long after its deadline a task is left to the start that launched it. */
export const launcherGraceMs = 15_000;

/**
 * Why a task that should have been up by now can serve nobody: it does not run, ECS shows no address of it, or AWS knows none
 * of its target groups any more. Undefined while its launcher may still take it down.
 */
export function overdueOf(view: View, task: Task): Overdue | undefined {
  if (!isKept(task) || view.at <= (task.facts?.deadline ?? Infinity) + launcherGraceMs) return undefined;
  if (task.lastStatus !== 'RUNNING') return 'not-running';
  if (task.privateIp === undefined) return 'no-address';
  const isGone = ({ targetGroupArn }: TargetGroupPort) =>
    view.groups.some((group) => group.targetGroupArn === targetGroupArn && group.readable && group.missing);
  return task.facts?.targets.every(isGone) ? 'groups-gone' : undefined;
}

/** The reason in a sentence. */
export function overdueReason({ taskArn, lastStatus }: Task, overdue: Overdue): string {
  switch (overdue) {
    case 'not-running':
      return `Task ${taskArn} was not running by its deadline: it is ${lastStatus}.`;
    case 'no-address':
      return `Task ${taskArn} runs, and ECS shows no private IP address of it by its deadline.`;
    case 'groups-gone':
      return `Task ${taskArn} runs and can be reached by nobody: its target groups do not exist any more.`;
  }
}
