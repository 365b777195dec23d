/** How far the clocks of two processes may differ, in milliseconds. */
const clockSkewMs = 300_000;

/** The furthest moment from the epoch, in milliseconds, that a `Date` can hold. */
const furthestMs = 8.64e15;

/** Whether a moment that others may have written is plausible: not before 1970, and not in the future. */
export function isPastMoment(epochMs: unknown, now: number): epochMs is number {
  return typeof epochMs === 'number' && epochMs >= 0 && epochMs <= Math.min(furthestMs, now + clockSkewMs);
}

/** A moment as written in tags, stop reasons and answers. A number out of range is returned as its digits. */
export function formatMoment(epochMs: number): string {
  return Math.abs(epochMs) <= furthestMs ? new Date(epochMs).toISOString() : String(epochMs);
}

/** Milliseconds since the epoch, or undefined for text that is not a moment. */
export function parseMoment(text: string | undefined): number | undefined {
  const epochMs = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}
