import { createHash } from 'node:crypto';
import { formatMoment } from '../model/moments.ts';
import { compareNewestFirst, type Generation, isKept, type LaunchAttempt, type Task } from '../model/task.ts';

/**
 * The token that makes concurrent starts one start. All starts that see the same past compute the same token, and ECS runs one
 * task for it (docs/adr/0001). AWS-001.
 *
 * @returns 64 characters, the most that RunTask accepts. AWS-003.
 */
export function launchToken(startedBy: string, predecessorArn: string | undefined, attempt: LaunchAttempt): string {
  return createHash('sha256')
    .update(JSON.stringify([startedBy, predecessorArn ?? 'none', attempt]))
    .digest('hex');
}

/** The newest task that has ended or is retiring: the next generation follows it. */
export function predecessorAmong(tasks: readonly Task[]): Task | undefined {
  return tasks.filter((task) => !isKept(task)).toSorted(compareNewestFirst)[0];
}

/** What a launch's token is made from, as recorded in its launch facts. */
export function generationOf(predecessor: Task | undefined, attempt: LaunchAttempt): Generation {
  return { predecessor: predecessor?.taskArn ?? 'none', attempt };
}

const keyed = 'keyed';

/**
 * The attempt after another principal has used the launch token, which any principal can compute. Its token depends on the
 * workspace's key. The first attempt's does not, so that two versions of the function compute the same token.
 *
 * @param minute of a further attempt; empty for the first
 */
export function keyedAttempt(minute: string): LaunchAttempt {
  return `${keyed}:${minute}`;
}

export function isKeyed(attempt: LaunchAttempt): boolean {
  return typeof attempt === 'string' && attempt.startsWith(`${keyed}:`);
}

/** The UTC minute, such as `2026-11-23T08:15`. All retries within one minute use the same token. */
export function minuteOf(epochMs: number): string {
  return formatMoment(epochMs).slice(0, 16);
}
