import { AwsError } from '../../aws-error.ts';
import type { Operation } from '../../operation.ts';
import { type Shape, ShapeError } from '../shape.ts';

type Reply = Readonly<Record<string, unknown>>;

/** Parses the input and runs the operation. A wrong type gives the error of the query protocol. */
export function elbOperation<T>(shape: Shape<T>, run: (input: T) => Reply): Operation {
  return (input) => {
    try {
      return run(shape(input, ''));
    } catch (error) {
      if (error instanceof ShapeError) throw new AwsError('MalformedInput', `${error.path} is not ${error.expected}`);
      throw error;
    }
  };
}

/** The error for an input that violates a constraint. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** @throws `AwsError` ValidationError if the member is missing */
export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined) {
    const named = `${(member[0] ?? '').toLowerCase()}${member.slice(1)}`;
    throw validationError(
      `1 validation error detected: Value null at '${named}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

/** @throws `AwsError` ValidationError if the number is given and out of range */
export function checkRange(value: number | undefined, member: string, least: number, most: number): void {
  if (value === undefined || (value >= least && value <= most)) return;
  const limit = value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  throw validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value ${limit}`,
  );
}

/** @throws `AwsError` ValidationError if the text is given and not one of the choices */
export function checkChoice(value: string | undefined, member: string, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${choices.join(', ')}]`,
  );
}

/** Unknown members of an input, which the sandbox stores and returns unchanged. */
export function othersOf(
  input: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(input).filter(([name]) => !Object.hasOwn(known, name)));
}

/** Validates the name of a load balancer or target group. @throws `AwsError` ValidationError */
export function checkName(name: string, kind: string): void {
  if (name.length > 32) throw validationError(`${kind} name '${name}' cannot be longer than '32' characters`);
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validationError(
      `${kind} name '${name}' can only contain characters that are alphanumeric characters or hyphens(-)`,
    );
  }
  if (name.startsWith('-') || name.endsWith('-')) {
    throw validationError(`${kind} name '${name}' cannot begin or end with '-'`);
  }
}

/** One page of a list. A marker contains the start of the next page. */
export function pageOf<T>(items: readonly T[], input: { readonly Marker?: string; readonly PageSize?: number }) {
  checkRange(input.PageSize, 'pageSize', 1, 400);
  const start = input.Marker === undefined ? 0 : readMarker(input.Marker);
  const end = start + (input.PageSize ?? 400);
  const more = end < items.length ? { NextMarker: Buffer.from(`from ${end}`).toString('base64') } : {};
  return { page: items.slice(start, end), more };
}

function readMarker(marker: string): number {
  const [, start] = /^from (\d+)$/.exec(Buffer.from(marker, 'base64').toString()) ?? [];
  if (start === undefined) throw validationError(`'${marker}' is not a valid marker`);
  return Number(start);
}
