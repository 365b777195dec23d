import { readLagMs } from '../model/read-lag.ts';
import { compareNewestFirst, isLive, type Task } from '../model/task.ts';
import type { View } from '../model/view.ts';
import { predecessorAmong } from './launch-token.ts';

/** A launch is decided on lists of tasks that were read at most this long ago. */
const listsValidMs = 5_000;

/** From when a task has ended until every start that is about to launch has seen the end, and what others launched before it did. */
const settlingMs = 2 * readLagMs + listsValidMs;

/** ECS keeps a client token for 24 hours; the margin allows for a call that is under way. */
const tokenLifeMs = 24 * 3_600_000 - 300_000;

/**
 * How long until the next generation may be launched, in milliseconds; undefined when it may be launched now. A start that does
 * not see yet that a task has ended computes another token. Where ECS answers that token with the ended task, everyone goes on
 * to the same launch at once. Where the token has expired it would create a second task, so the launch waits until everyone
 * sees the end.
 */
export function generationSettlesInMs(view: View): number | undefined {
  const delays = view.tasks
    .filter((task) => !isLive(task) && task.stoppingAt !== undefined && !isReachedByEarlierToken(view, task))
    .map((task) => (task.stoppingAt ?? 0) + settlingMs - view.at)
    .filter((delayMs) => delayMs > 0);
  return delays.length === 0 ? undefined : Math.max(...delays);
}

/**
 * Whether the lists of tasks were read so long ago, because AWS has throttled RunTask since, that a task may have ended unseen
 * while others waited for everyone to see it. A task that ran for long leaves its target behind; without a target there was none.
 */
export function mayHaveMissedAnEnd(view: View): boolean {
  const isEmpty = view.groups.every((group) => group.readable && group.targets.length === 0);
  return view.at - view.listedAt > listsValidMs && !isEmpty;
}

/** Whether a start that knows only the older tasks computes the token that created this one, and ECS still knows that token. */
function isReachedByEarlierToken(view: View, task: Task): boolean {
  const generation = task.facts?.generation;
  const older = predecessorAmong(view.tasks.filter((other) => compareNewestFirst(other, task) > 0));
  return (
    generation?.attempt === 0 &&
    generation.predecessor === (older?.taskArn ?? 'none') &&
    view.at < task.createdAt + tokenLifeMs
  );
}
