import type { Adoption } from './adoptions.ts';
import { formatMoment, parseMoment } from './moments.ts';
import type { Cordon, RetiredBy, RetireMark, StopKind } from './task.ts';

/** Which of several tags holds a moment. EventBridge times are whole seconds; those, too, are spread evenly. */
function slotOf(epochMs: number, slots: number): number {
  return (Math.floor(epochMs) + Math.floor(epochMs / 1_000)) % slots;
}

const retireTag = 'start-engines:retire';
const retireTags = 8;

/**
 * The tag that marks a task as retiring. Its value is `<asked>/<by>`, and for a service with a route `<asked>/<by>/<written>`; the
 * kind of a stop replaces `stop`. A tag's value may not contain a comma. There are eight such tags, because the second of two
 * writers to one tag would erase the first one's mark. AWS-018.
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
 * @param lastAsked when the task was last requested by someone who may overrule the mark, in milliseconds since the epoch
 */
export function chooseRetireMark(
  marks: readonly RetireMark[],
  lastAsked: (mark: RetireMark) => number,
): RetireMark | undefined {
  const rank = (mark: RetireMark) => (mark.by !== 'stop' ? 1 : mark.asked < lastAsked(mark) ? 0 : 2);
  return marks.toSorted((a, b) => rank(b) - rank(a) || b.asked - a.asked)[0];
}

const adoptedTagPrefix = 'start-engines:asked.';
const wokenTagPrefix = 'start-engines:woken.';
/** A task has at most 50 tags. Ours use 39 of them (8 + 24 + 4 + 3) and leave the rest to the owner. */
const adoptedTags = 24;
const wokenTags = 4;

/**
 * The tag that records an adoption. When two starts write the same tag, the first value is lost, and an earlier stop could undo the
 * later start: hence 24 of them. Wakes have their own, because they must not erase the request of a person.
 */
export function adoptionTagOf({ asked, isWake }: Adoption): string {
  return isWake ? `${wokenTagPrefix}${slotOf(asked, wokenTags)}` : `${adoptedTagPrefix}${slotOf(asked, adoptedTags)}`;
}

/** The value of that tag: `<asked>`, or `<asked>/<end of the lease>`. */
export function formatAdoption({ asked, leaseUntil }: Adoption): string {
  return leaseUntil === undefined ? formatMoment(asked) : `${formatMoment(asked)}/${formatMoment(leaseUntil)}`;
}

/** The adoption in a tag; undefined for any other tag. */
export function parseAdoption(key: string, value: string | undefined): Adoption | undefined {
  const isWake = key.startsWith(wokenTagPrefix);
  if (!isWake && !key.startsWith(adoptedTagPrefix)) return undefined;
  const [asked, leaseUntil] = (value?.split('/') ?? []).map(parseMoment);
  if (asked === undefined) return undefined;
  return { asked, ...(isWake ? { isWake } : {}), ...(leaseUntil === undefined ? {} : { leaseUntil }) };
}

/** The tag that records when a start was first answered that the task was up. */
export const upTag = 'start-engines:up';

/** The tag that records a cordon. */
export const cordonTag = 'start-engines:cordon';

/** The value of the cordon tag: `<written>/<last request>`, or `<written>` when the cordon was removed. */
export function formatCordon({ at, lastAsked }: Cordon): string {
  return lastAsked === undefined ? formatMoment(at) : `${formatMoment(at)}/${formatMoment(lastAsked)}`;
}

export function parseCordon(value: string | undefined): Cordon | undefined {
  const [at, lastAsked] = (value?.split('/') ?? []).map(parseMoment);
  return at === undefined ? undefined : { at, ...(lastAsked === undefined ? {} : { lastAsked }) };
}

/** The tag that records for which end of the lease `Service Lease Ending` was published. */
export const leaseEndingTag = 'start-engines:lease-ending';

const stopKinds: readonly string[] = ['pause', 'idle', 'lease'] satisfies StopKind[];
const retiredBy: readonly string[] = ['stop', 'restart', 'start', 'reconcile'] satisfies RetiredBy[];

/** The value of the retire tag. */
export function formatRetireMark(mark: RetireMark): string {
  const writtenAt = mark.writtenAt === undefined ? '' : `/${formatMoment(mark.writtenAt)}`;
  return `${formatMoment(mark.asked)}/${mark.kind ?? mark.by}${writtenAt}`;
}

/** The stopped reason of a retired task, `stop@2026-11-23T08:00:00.000Z`. It outlives the tags. */
export function formatStopReason(mark: RetireMark): string {
  return `${mark.kind ?? mark.by}@${formatMoment(mark.asked)}`;
}

/** The mark in the tag's value or in a stopped task's reason; undefined when neither holds one. */
export function parseRetireMark(tag: string | undefined, stoppedReason: string | undefined): RetireMark | undefined {
  const [askedInTag, byInTag, writtenInTag] = tag?.split('/') ?? [];
  const [byInReason, askedInReason] = stoppedReason?.split('@') ?? [];
  return toMark(askedInTag, byInTag, writtenInTag) ?? toMark(askedInReason, byInReason);
}

function toMark(moment: string | undefined, by = '', written?: string): RetireMark | undefined {
  const asked = parseMoment(moment);
  const isKind = stopKinds.includes(by);
  if (asked === undefined || (!isKind && !retiredBy.includes(by))) return undefined;
  const writtenAt = parseMoment(written);
  return {
    asked,
    ...(isKind ? { by: 'stop', kind: by as StopKind } : { by: by as RetiredBy }),
    ...(writtenAt === undefined ? {} : { writtenAt }),
  };
}
