import { formatMoment, parseMoment } from './moments.ts';
import type { RetiredBy, RetireMark } from './task.ts';

/** Which of several tags a moment goes to. The times of events on a bus are whole seconds: those, too, are spread evenly. */
function slotOf(epochMs: number, slots: number): number {
  return (Math.floor(epochMs) + Math.floor(epochMs / 1_000)) % slots;
}

const retireTag = 'start-engines:retire';
const retireTags = 8;

/**
 * The tag that marks a task to go. Its value is `<asked>/<by>`: a comma is not allowed in a tag's value. There are eight of
 * them, because of two that write the same tag the one that writes first would be forgotten.
 */
export function retireTagOf({ asked }: RetireMark): string {
  return `${retireTag}.${slotOf(asked, retireTags)}`;
}

/** Whether the tag's value is a mark that the task is to go. */
export function isRetireTag(key: string): boolean {
  return key === retireTag || key.startsWith(`${retireTag}.`);
}

/**
 * Of several marks the one that counts: of a stop rather than of another, and the latest. A stop's mark counts least when the
 * task was asked for later than the stop.
 *
 * @param lastAsked when the task was last asked for, in milliseconds since the epoch
 */
export function chooseRetireMark(marks: readonly RetireMark[], lastAsked: number): RetireMark | undefined {
  const rank = ({ by, asked }: RetireMark) => (by !== 'stop' ? 1 : asked < lastAsked ? 0 : 2);
  return marks.toSorted((a, b) => rank(b) - rank(a) || b.asked - a.asked)[0];
}

const adoptedTagPrefix = 'start-engines:asked.';
/** A task has at most 50 tags. Ours use 33 of them (8 + 24 + 1), so that owners keep some for their own. */
const adoptedTags = 24;

/**
 * The tag that records when a start that adopted the task was requested. There are 24 of them: when two starts write the
 * same tag, the first value is lost, and an earlier stop could undo the later start.
 */
export function adoptedTagOf(asked: number): string {
  return `${adoptedTagPrefix}${slotOf(asked, adoptedTags)}`;
}

/** Whether the tag's value is when a start that adopted the task was asked for. */
export function isAdoptedTag(key: string): boolean {
  return key.startsWith(adoptedTagPrefix);
}

/** The tag that records when a start was first answered that the task is up. */
export const upTag = 'start-engines:up';

const retiredBy = new Set<string>(['stop', 'restart', 'start', 'reconcile'] satisfies RetiredBy[]);

/** The value of the retire tag. */
export function formatRetireMark(mark: RetireMark): string {
  return `${formatMoment(mark.asked)}/${mark.by}`;
}

/** The reason with which a retired task is stopped, `stop@2026-11-23T08:00:00.000Z`: it outlives the tags. */
export function formatStopReason(mark: RetireMark): string {
  return `${mark.by}@${formatMoment(mark.asked)}`;
}

/** The mark in the tag's value or, for a stopped task, in its reason; undefined when neither holds one. */
export function parseRetireMark(tag: string | undefined, stoppedReason: string | undefined): RetireMark | undefined {
  const [askedInTag, byInTag] = tag?.split('/') ?? [];
  const [byInReason, askedInReason] = stoppedReason?.split('@') ?? [];
  return toMark(askedInTag, byInTag) ?? toMark(askedInReason, byInReason);
}

function toMark(moment: string | undefined, by: string | undefined): RetireMark | undefined {
  const asked = parseMoment(moment);
  return asked !== undefined && by !== undefined && retiredBy.has(by) ? { asked, by: by as RetiredBy } : undefined;
}
