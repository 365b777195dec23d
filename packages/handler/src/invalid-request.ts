import { StartEnginesError } from '@start-engines/core';

const quotedLength = 64;

/** A caller's text for a message: truncated, quoted, and in printable ASCII. */
export function quote(text: string): string {
  const cut = text.length > quotedLength ? `${text.slice(0, quotedLength)}…` : text;
  return JSON.stringify(cut).replaceAll(/[^\x20-\x7e…]/g, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Describes a value for a message that must not repeat it. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return value === '' ? 'an empty string' : `the string ${quote(value)}`;
  return `${value}`;
}

/** An `InvalidRequest` error about one field, named as the caller wrote it. */
export function invalidField(field: string, message: string): StartEnginesError {
  return new StartEnginesError('InvalidRequest', `${field} ${message}`, { context: { field } });
}

/** An `InvalidRequest` error about the request as a whole. */
export function invalidRequest(message: string, context: Readonly<Record<string, unknown>> = {}): StartEnginesError {
  return new StartEnginesError('InvalidRequest', message, { context });
}

/** A request for an unknown route or method: an `InvalidRequest` with its own HTTP status. */
export class RouteRefused extends StartEnginesError {
  override readonly statusCode: number;
  /** The methods that the route has. */
  readonly allow: readonly string[];

  constructor(statusCode: 404 | 405, message: string, allow: readonly string[] = []) {
    super('InvalidRequest', message);
    this.statusCode = statusCode;
    this.allow = allow;
  }
}
