import { lastAskedFor } from '../model/adoptions.ts';
import { isKept, type Task } from '../model/task.ts';
import type { View } from '../model/view.ts';

/**
 * When the stop that a kept task has missed was requested, in milliseconds since the epoch. The task was requested before the stop
 * and created after it, because RunTask took effect late. Undefined when the task has missed no known stop.
 */
export function missedStopOf(view: View, task: Task): number | undefined {
  if (!isKept(task) || task.facts === undefined) return undefined;
  const stops = view.tasks.flatMap(({ retire }) => (retire?.by === 'stop' ? [retire.asked] : []));
  const latest = Math.max(view.stopNote ?? 0, ...stops);
  return lastAskedFor(task) < latest && latest < task.createdAt ? latest : undefined;
}
