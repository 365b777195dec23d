import { isServiceName } from '@start-engines/core';
import { invalidField, invalidRequest, kindOf, quote } from './invalid-request.ts';
import type { Fields } from './request.ts';

const mostListItems = 100;
/** `engines start --all` names them all at once, so that each waits for those that it depends on. */
const mostServices = 1000;
const mostNamedKeys = 5;
const longestFieldName = 64;

/** Whether the value is an object with keys: not null, not a list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a key of its own; what objects inherit does not count. */
export function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** @throws StartEnginesError `InvalidRequest` that names the keys which nobody knows. */
export function refuseUnknown(fields: Fields, known: ReadonlySet<string>, where: string): void {
  const unknown = Object.keys(fields).filter((name) => !known.has(name));
  const [first] = unknown;
  if (first === undefined) return;
  const named = unknown.slice(0, mostNamedKeys).map(quote).join(', ');
  const more = unknown.length > mostNamedKeys ? ` and ${unknown.length - mostNamedKeys} more` : '';
  throw invalidRequest(`${where} has a field that is not known here: ${named}${more}.`, {
    field: first.slice(0, longestFieldName),
  });
}

export function readServiceName(value: unknown, field: string): string {
  if (isServiceName(value)) return value;
  throw invalidField(
    field,
    `must be the name of a service (1 to 24 of a-z, 0-9 and "-", a letter first; not "all" or "defaults"), not ${kindOf(value)}.`,
  );
}

/** What `service` or `services` names; `several` when it was given as a list. Undefined when neither is there. */
export function readServices(
  fields: Fields,
): { readonly names: readonly [string, ...string[]]; readonly several: boolean } | undefined {
  const service = fieldOf(fields, 'service');
  const services = fieldOf(fields, 'services');
  if (service !== undefined && services !== undefined) {
    throw invalidField('services', 'and service cannot be given together.');
  }
  if (service !== undefined) return { names: [readServiceName(service, 'service')], several: false };
  return services === undefined ? undefined : { names: readServiceList(services), several: true };
}

function readServiceList(value: unknown): [string, ...string[]] {
  const [first, ...others] = readList(value, 'services', mostServices);
  const names: [string, ...string[]] = [
    readServiceName(first, 'services[0]'),
    ...others.map((item, index) => readServiceName(item, `services[${index + 1}]`)),
  ];
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0) throw invalidField(`services[${twice}]`, 'names a service for the second time.');
  return names;
}

/** A list that has something in it. A string is never split into one. */
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
 */
export function readMoment(value: unknown, field: string, latest: number): number {
  const epochMs = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(epochMs)) throw invalidField(field, `must be a moment in ISO 8601, not ${kindOf(value)}.`);
  // Launch facts and stop notes hold no moment before 1970.
  return Math.min(Math.max(epochMs, 0), latest);
}
