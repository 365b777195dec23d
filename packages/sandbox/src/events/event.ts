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

/** What a sender says of an event. */
export interface EventToPublish {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources?: readonly string[];
  /** When it happened; the moment it is published unless said. */
  readonly time?: Date;
  /** Drawn unless said: the copies of one event share it. */
  readonly id?: string;
}

/** `2026-11-23T07:50:02Z`: EventBridge leaves fractions of a second out. */
export function toEventTime(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A UUID out of the sandbox's own chance, so that a seed gives the same ids again. */
export function drawUuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((length) => random.hex(length)).join('-');
}
