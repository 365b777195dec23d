import { createHash } from 'node:crypto';
import { compareNewestFirst, isKept, type Task } from './task.ts';

/**
 * How often this generation has been asked of ECS: 0 the first time; after a refusal for want of capacity, which ECS
 * replays with the token, the UTC minute of the second try.
 */
export type LaunchAttempt = number | string;

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

/** The UTC minute, such as `2026-11-23T08:15`: everybody who tries again within it tries the same thing. */
export function minuteOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 16);
}
