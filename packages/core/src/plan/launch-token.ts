import { createHash } from 'node:crypto';
import { formatMoment } from '../model/moments.ts';
import { compareNewestFirst, type Generation, isKept, type LaunchAttempt, type Task } from '../model/task.ts';

/**
 * The token that makes concurrent starts one start. Everybody who sees the same past computes the same token, and ECS
 * runs one task for it (docs/adr/0001).
 *
 * @returns 64 characters, the most that RunTask takes.
 */
export function launchToken(startedBy: string, predecessorArn: string | undefined, attempt: LaunchAttempt): string {
  return createHash('sha256')
    .update(JSON.stringify([startedBy, predecessorArn ?? 'none', attempt]))
    .digest('hex');
}

/** The newest task that has ended or is to go: the one that the next generation comes after. */
export function predecessorAmong(tasks: readonly Task[]): Task | undefined {
  return tasks.filter((task) => !isKept(task)).toSorted(compareNewestFirst)[0];
}

/** What a launch's token is made from, as its launch facts record it. */
export function generationOf(predecessor: Task | undefined, attempt: LaunchAttempt): Generation {
  return { predecessor: predecessor?.taskArn ?? 'none', attempt };
}

/** The UTC minute, such as `2026-11-23T08:15`: everybody who tries again within it tries the same thing. */
export function minuteOf(epochMs: number): string {
  return formatMoment(epochMs).slice(0, 16);
}
