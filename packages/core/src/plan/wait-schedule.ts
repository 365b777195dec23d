const firstDelayMs = 250;

/** The longest pause between two looks at a task, by its last status: the nearer to RUNNING, the shorter. */
const longestTaskDelayMs: Readonly<Record<string, number>> = {
  PROVISIONING: 2_000,
  PENDING: 1_000,
  ACTIVATING: 650,
  RUNNING: 500,
};
const longestUnknownDelayMs = 2_000;
const slowTaskAgeMs = 120_000;

/** What decides when to look at a starting task again. */
export interface TaskWait {
  /** Undefined while ECS does not show the task (`MISSING` right after RunTask is normal). */
  readonly lastStatus: string | undefined;
  /** How long the task has been waited for. */
  readonly waitedMs: number;
  /** How many looks have been taken since the launch. */
  readonly looks: number;
  /** How long throttling has delayed the operation so far. */
  readonly heldUpMs: number;
}

/**
 * The pause before the next look at a starting task, in milliseconds. It doubles from a quarter of a second, is bounded
 * by the state (few tasks jump from PROVISIONING to RUNNING; most are RUNNING a moment after ACTIVATING), and slackens
 * for a task that has taken more than two minutes.
 */
export function taskDelayMs({ lastStatus, waitedMs, looks, heldUpMs }: TaskWait): number {
  const longest = (lastStatus === undefined ? undefined : longestTaskDelayMs[lastStatus]) ?? longestUnknownDelayMs;
  const slackened = waitedMs > slowTaskAgeMs ? longest * 2 : longest;
  const longestCrowdedMs = looks > 1 ? longestCrowdedDelayMs : firstCrowdedDelayMs;
  return Math.max(
    crowdedDelayMs(heldUpMs, longestCrowdedMs),
    Math.min(slackened, firstDelayMs * 2 ** Math.min(looks, 10)),
  );
}

/** About the longest that Fargate takes from RunTask to RUNNING, so that nearly every first look finds the task running. */
const firstCrowdedDelayMs = 40_000;
const longestCrowdedDelayMs = 15_000;

/** One or two throttles are normal. An operation delayed for longer is one of many. */
const crowdedAfterMs = 5_000;

/**
 * When many operations compete, each look uses up calls that others need: a launch that waits for its lists, or a look at a task that
 * is up. So the pause is twice the delay so far, up to the limit.
 */
function crowdedDelayMs(heldUpMs: number, longestMs: number): number {
  return heldUpMs <= crowdedAfterMs ? heldUpMs / 4 : Math.min(longestMs, heldUpMs * 2);
}

/**
 * The pause before the next look at a target's health, in milliseconds: half a second at first, two at most, and longer for an
 * operation that throttling has delayed for `heldUpMs`.
 */
export function healthDelayMs(looks: number, heldUpMs: number): number {
  return Math.max(crowdedDelayMs(heldUpMs, longestCrowdedDelayMs), Math.min(2_000, 500 * 1.5 ** Math.min(looks, 10)));
}

/**
 * The pause after a call that was throttled or not answered, in milliseconds. It doubles from one second to eight, and
 * `spread`, from 0 to 1, takes up to a half off, so that calls throttled together are not repeated together. Longer pauses would
 * let new operations overtake those that have waited longest.
 */
export function troubleDelayMs(failuresInARow: number, spread: number): number {
  const longest = Math.min(8_000, 1_000 * 2 ** Math.min(failuresInARow - 1, 10));
  return Math.round(longest - (longest / 2) * spread);
}

const firstCapacityDelayMs = 5_000;

/** Attempts in the same minute share a token. */
const laterCapacityDelayMs = 60_000;
const minuteEndMs = 10_000;

/** The pause after ECS had no capacity, in milliseconds: five seconds the first time, a minute each further time. */
export function capacityDelayMs(refusals: number): number {
  return refusals > 1 ? laterCapacityDelayMs : firstCapacityDelayMs;
}

/**
 * The earliest time from `due` on for an attempt whose token contains the minute: not in the last ten seconds of a minute.
 * Starts on either side of its end send different tokens, so the later one must be able to see the task of the earlier one,
 * and reads may be some seconds old.
 */
export function clearOfMinuteEnd(due: number): number {
  const leftMs = 60_000 - (due % 60_000);
  return leftMs <= minuteEndMs ? due + leftMs : due;
}

/** How long a reading of the stop notes stays valid, in milliseconds. */
export const stopNoteValidMs = 5_000;
