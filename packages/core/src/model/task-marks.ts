import { formatMoment, parseMoment } from './moments.ts';
import type { RetiredBy, RetireMark } from './task.ts';

/** Which of several tags holds a moment. EventBridge times are whole seconds; those, too, are spread evenly. */
function slotOf(epochMs: number, slots: number): number {
  return (Math.floor(epochMs) + Math.floor(epochMs / 1_000)) % slots;
}

const retireTag = 'start-engines:retire';
const retireTags = 8;

/**
 * The tag that marks a task as retiring. Its value is `<asked>/<by>`, and for a service with a route `<asked>/<by>/<written>`; a tag's value may not contain a comma. There are eight such
 * tags, because the second of two writers to one tag would erase the first one's mark.
 */
export function retireTagOf({ asked }: RetireMark): string {
  return `${retireTag}.${slotOf(asked, retireTags)}`;
}

/** Whether the tag's value is a retire mark. */
export function isRetireTag(key: string): boolean {
  return key === retireTag || key.startsWith(`${retireTag}.`);
}

/**
 * Chooses the mark that counts: a stop's before any other, then the latest. A stop's mark counts least when the task was
 * requested after the stop.
 *
 * @param lastAsked when the task was last requested, in milliseconds since the epoch
 */
export function chooseRetireMark(marks: readonly RetireMark[], lastAsked: number): RetireMark | undefined {
  const rank = ({ by, asked }: RetireMark) => (by !== 'stop' ? 1 : asked < lastAsked ? 0 : 2);
  return marks.toSorted((a, b) => rank(b) - rank(a) || b.asked - a.asked)[0];
}

const adoptedTagPrefix = 'start-engines:asked.';
/** A task has at most 50 tags. Ours use 33 of them (8 + 24 + 1) and leave the rest to the owner. */
const adoptedTags = 24;

/**
 * The tag that records when a start that adopted the task was requested. There are 24 of them: when two starts write the
 * same tag, the first value is lost, and an earlier stop could undo the later start.
 */
export function adoptedTagOf(asked: number): string {
  return `${adoptedTagPrefix}${slotOf(asked, adoptedTags)}`;
}

/** Whether the tag's value is the time of a start that adopted the task. */
export function isAdoptedTag(key: string): boolean {
  return key.startsWith(adoptedTagPrefix);
}

/** The tag that records when a start was first answered that the task was up. */
export const upTag = 'start-engines:up';

const retiredBy = new Set<string>(['stop', 'restart', 'start', 'reconcile'] satisfies RetiredBy[]);

/** The value of the retire tag. */
export function formatRetireMark(mark: RetireMark): string {
  const writtenAt = mark.writtenAt === undefined ? '' : `/${formatMoment(mark.writtenAt)}`;
  return `${formatMoment(mark.asked)}/${mark.by}${writtenAt}`;
}

/** The stopped reason of a retired task, `stop@2026-11-23T08:00:00.000Z`. It outlives the tags. */
export function formatStopReason(mark: RetireMark): string {
  return `${mark.by}@${formatMoment(mark.asked)}`;
}

/** The mark in the tag's value or in a stopped task's reason; undefined when neither holds one. */
export function parseRetireMark(tag: string | undefined, stoppedReason: string | undefined): RetireMark | undefined {
  const [askedInTag, byInTag, writtenInTag] = tag?.split('/') ?? [];
  const [byInReason, askedInReason] = stoppedReason?.split('@') ?? [];
  return toMark(askedInTag, byInTag, writtenInTag) ?? toMark(askedInReason, byInReason);
}

function toMark(moment: string | undefined, by: string | undefined, written?: string): RetireMark | undefined {
  const asked = parseMoment(moment);
  if (asked === undefined || by === undefined || !retiredBy.has(by)) return undefined;
  const writtenAt = parseMoment(written);
  return { asked, by: by as RetiredBy, ...(writtenAt === undefined ? {} : { writtenAt }) };
}
