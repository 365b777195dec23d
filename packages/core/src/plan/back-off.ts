import { isLive, type Task } from '../model/task.ts';
import { endOfTask } from './end-of-task.ts';
import { healthyDeadlineOf, launcherGraceMs } from './overdue.ts';

/** So many tasks in a row may fail before requests have to wait. */
export const triesAtOnce = 3;

const firstPauseMs = 30_000;
const longestPauseMs = 900_000;

/** StopTask deletes the tag that records it. A task that lived past its healthy deadline must have come up. */
export function cameUp(task: Task): boolean {
  if (task.upAt !== undefined || task.retire?.by === 'restart' || hasFinished(task)) return true;
  return (task.stoppingAt ?? 0) > healthyDeadlineOf(task) + launcherGraceMs;
}

/** Whether the task finished its work. A task that had to become healthy was not up before that. */
export function hasFinished(task: Task): boolean {
  return task.facts?.waitFor !== 'healthy' && endOfTask(task).kind === 'finished';
}

/**
 * How many tasks in a row have failed before they were up, this one included. The count is in the launch facts, because a parameter
 * can be late or lost.
 */
export function failuresUpTo(task: Task | undefined): number {
  if (task === undefined || (isLive(task) && task.retire === undefined)) return 0;
  return cameUp(task) || task.retire?.by === 'stop' ? 0 : (task.facts?.tries ?? 1);
}

/**
 * When requests may start the service again, in milliseconds since the epoch; undefined at once. After every third failure they
 * wait: 30 s, then twice as long each time, at most 15 minutes.
 */
export function wakesFrom(predecessor: Task | undefined): number | undefined {
  const failures = failuresUpTo(predecessor);
  if (failures === 0 || failures % triesAtOnce !== 0) return undefined;
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures / triesAtOnce - 1));
  return (predecessor?.stoppingAt ?? predecessor?.createdAt ?? 0) + pauseMs;
}
