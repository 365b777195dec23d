import { lastAskedFor } from '../model/adoptions.ts';
import { isAddressable, isKept, type Task } from '../model/task.ts';
import { isHealthUnknown, isHealthyEverywhere, isHealthySomewhere, type View } from '../model/view.ts';
import type { StartState } from './start-state.ts';

/**
 * Whether a failed start takes down the task that it launched. It decides on a look at the whole service, and leaves the task if
 * another start reported it as up or adopted it, if it is the only task that serves, or if its health could not be read. The
 * failure is reported either way.
 *
 * @param superseded a later stop has been carried out, so health does not matter unless a start after that stop adopted the task
 */
export function takesDown(view: View, task: Task, intent: StartState, superseded: boolean): boolean {
  if (superseded && lastAskedFor(task) <= latestStop(view, intent)) return true;
  if (isWantedByAnother(task, intent) || task.upAt !== undefined) return false;
  if (!isAddressable(task)) return true;
  // Another process may have registered it. If none has, reconcile will.
  if (isHealthUnknown(view, task)) return false;
  const others = view.tasks.filter((other) => other.taskArn !== task.taskArn && isKept(other));
  // A restart's new task was healthy when the old one was marked, or no other task is left to serve.
  if (intent.restart && others.length === 0) return false;
  return !isHealthySomewhere(view, task) || others.some((other) => isHealthyEverywhere(view, other));
}

function latestStop(view: View, { stopNote }: StartState): number {
  const marks = view.tasks.flatMap(({ retire }) => (retire?.by === 'stop' ? [retire.asked] : []));
  return Math.max(stopNote?.asked ?? 0, ...marks);
}

/** Whether a later start adopted the task. A start that waits for healthy has no answer before the task is up. */
function isWantedByAnother(task: Task, { asked }: StartState): boolean {
  return (task.adoptedAsked ?? 0) > asked && task.facts?.waitFor !== 'healthy';
}
