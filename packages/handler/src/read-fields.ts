import { isServiceName } from '@start-engines/core';
import { invalidField, invalidRequest, kindOf, quote } from './invalid-request.ts';
import type { Fields } from './operations/operation.ts';

const mostListItems = 100;
const mostNamedKeys = 5;
const longestFieldName = 64;

/** Whether the value is an object with keys: neither null nor a list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of an own key. Inherited keys do not count. */
export function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** @throws StartEnginesError `InvalidRequest` that names the unknown keys. */
export function refuseUnknown(fields: Fields, known: ReadonlySet<string>, where: string): void {
  const unknown = Object.keys(fields).filter((name) => !known.has(name));
  const [first] = unknown;
  if (first === undefined) return;
  const named = unknown.slice(0, mostNamedKeys).map(quote).join(', ');
  const more = unknown.length > mostNamedKeys ? ` and ${unknown.length - mostNamedKeys} more` : '';
  throw invalidRequest(
    `${where} has ${unknown.length === 1 ? 'an unknown field' : 'unknown fields'}: ${named}${more}.`,
    {
      field: first.slice(0, longestFieldName),
    },
  );
}

export function readServiceName(value: unknown, field: string): string {
  if (isServiceName(value)) return value;
  throw invalidField(
    field,
    `must be the name of a service (1 to 24 of a-z, 0-9 and "-", a letter first; not "all" or "defaults"), not ${kindOf(value)}.`,
  );
}

/** A list with at least one item. A string is never split into a list. */
export function readList(value: unknown, field: string, most = mostListItems): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalidField(field, `must be a list with at least one item, not ${kindOf(value)}.`);
  }
  if (value.length > most) throw invalidField(field, `must have at most ${most} items.`);
  return value;
}

export function readText(value: unknown, field: string, format: RegExp, described: string): string {
  if (typeof value === 'string' && format.test(value)) return value;
  throw invalidField(field, `must be ${described}, not ${kindOf(value)}.`);
}

export function readWholeNumber(value: unknown, field: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalidField(field, `must be a whole number from ${least} to ${most}, not ${kindOf(value)}.`);
}

export function readBoolean(value: unknown, field: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidField(field, `must be true or false, not ${kindOf(value)}.`);
}

/**
 * Milliseconds since the epoch. A caller may write any time, but nothing was requested after it was received.
 *
 * @param source the part of the request that has the field, for the message: `the event`, `the input`
 */
export function readMoment(value: unknown, { field, source }: { field: string; source: string }, latest: number) {
  const epochMs = typeof value === 'string' ? parseDateTime(value) : Number.NaN;
  if (Number.isNaN(epochMs)) {
    const expected = 'a date and time that exists, with its zone, such as 2026-11-23T08:00:00Z';
    throw invalidField(field, `of ${source} must be ${expected}, not ${kindOf(value)}.`);
  }
  // Launch facts and stop notes hold no moment before 1970.
  return Math.min(Math.max(epochMs, 0), latest);
}

const dateTime = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** NaN for text without a zone, which would depend on the machine, and for a date that no month has. */
function parseDateTime(text: string): number {
  const date = dateTime.exec(text)?.[1];
  // `Date.parse` takes 31 February for 3 March.
  if (date === undefined || !isDate(date)) return Number.NaN;
  return Date.parse(text);
}

function isDate(date: string): boolean {
  const epochMs = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(date);
}
