import type { Random } from '../random.ts';

/** An event in the envelope that EventBridge delivers. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601 in UTC, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event as its sender specifies it. */
export interface EventToPublish {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources?: readonly string[];
  /** Time of the event. Default: the time of publication. */
  readonly time?: Date;
  /** Default: a random ID. Copies of an event share it. */
  readonly id?: string;
}

/** `2026-11-23T07:50:02Z`: EventBridge omits fractions of a second. */
export function toEventTime(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A UUID from the sandbox's random sequence, so that a seed repeats it. */
export function drawUuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((length) => random.hex(length)).join('-');
}
