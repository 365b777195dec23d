import { readLagMs } from '../model/read-lag.ts';
import { compareNewestFirst, isLive, type Task } from '../model/task.ts';
import type { View } from '../model/view.ts';
import { predecessorAmong } from './launch-token.ts';

/** A launch is decided on task lists at most this old, in milliseconds. */
const listsValidMs = 5_000;

/** How long after a task's end every start has seen the end and the launches made before it was seen, in milliseconds. */
const settlingMs = 2 * readLagMs + listsValidMs;

/** ECS keeps a client token for 24 hours; the margin allows for a call that is under way. */
const tokenLifeMs = 24 * 3_600_000 - 300_000;

/**
 * How long until the next generation may be launched, in milliseconds; undefined for now. A start that does not see yet that a task
 * has ended computes another token. If ECS still knows that token, it answers with the ended task, and all starts continue with
 * the same launch. If the token has expired, it would create a second task, so the launch waits until all starts see the end.
 */
export function generationSettlesInMs(view: View): number | undefined {
  const delays = view.tasks
    .filter((task) => !isLive(task) && task.stoppingAt !== undefined && !isReachedByEarlierToken(view, task))
    .map((task) => (task.stoppingAt ?? 0) + settlingMs - view.at)
    .filter((delayMs) => delayMs > 0);
  return delays.length === 0 ? undefined : Math.max(...delays);
}

/**
 * Whether the task lists are so old, because RunTask has been throttled since, that a task may have ended unseen. A task that ran
 * for long leaves its target behind; without a target there was no such task.
 */
export function mayHaveMissedAnEnd(view: View): boolean {
  const isEmpty = view.groups.every((group) => group.readable && group.targets.length === 0);
  return view.at - view.listedAt > listsValidMs && !isEmpty;
}

/** Whether a start that knows only the older tasks computes this task's token, and ECS still knows that token. */
function isReachedByEarlierToken(view: View, task: Task): boolean {
  const generation = task.facts?.generation;
  const older = predecessorAmong(view.tasks.filter((other) => compareNewestFirst(other, task) > 0));
  return (
    generation?.attempt === 0 &&
    generation.predecessor === (older?.taskArn ?? 'none') &&
    view.at < task.createdAt + tokenLifeMs
  );
}
