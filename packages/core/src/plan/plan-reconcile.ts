import type { Task } from '../model/task.ts';
import type { View } from '../model/view.ts';
import { isComingUp } from './plan-route.ts';
import { planUpkeep, upkeepDelayMs } from './plan-upkeep.ts';
import type { Turn } from './turn.ts';
import { rivalsAmong } from './upkeep/retire-rivals.ts';

/** How often health is read while a task may still become healthy, in milliseconds. */
const healthPauseMs = 1_000;

/** Everything that can be done now, then a wait for the next step. */
export function planReconcile(view: View): Turn {
  const actions = planUpkeep(view);
  if (actions.length > 0) return { kind: 'act', actions };
  const delayMs = upkeepDelayMs(view);
  return delayMs === undefined ? { kind: 'done' } : { kind: 'wait', delayMs };
}

/**
 * Waits, while two tasks are kept, until the newer one is healthy or past its deadline; and while a registered task gets no requests
 * yet.
 *
 * @param isOurs tasks for which no other process waits
 */
export function planUntilSettled(view: View, isOurs: (task: Task) => boolean = () => true): Turn {
  const turn = planReconcile(view);
  if (turn.kind !== 'done') return turn;
  return isUnsettled(view, isOurs) ? { kind: 'wait', delayMs: healthPauseMs, optional: true } : turn;
}

/** Whether more than one task is kept, or one of them gets no requests yet. */
export function isUnsettled(view: View, isOurs: (task: Task) => boolean = () => true): boolean {
  return hasRivals(view) || view.tasks.some((task) => isOurs(task) && isComingUp(view, task));
}

function hasRivals({ tasks }: View): boolean {
  return rivalsAmong(tasks).length > 1;
}
