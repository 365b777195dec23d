import { type ErrorCode, errorCatalog, type StartEnginesError } from '@start-engines/core';
import { RouteRefused } from '../invalid-request.ts';
import type { Reply } from './reply.ts';

/** Errors that are about the request itself, and whose own words may therefore be told to whoever made it. */
const tellable: ReadonlySet<ErrorCode> = new Set(['InvalidRequest', 'OverrideNotAllowed', 'OverrideNotApplied']);

/** What an HTTP caller is told of a failure: no internals, and nothing about other services. */
export function replyOfError(error: StartEnginesError, correlationId: string | undefined): Reply {
  const { context, results } = error;
  const { field, fields } = context;
  const ownWords = tellable.has(error.code);
  return {
    statusCode: error.statusCode,
    body: {
      error: error.code,
      message: ownWords ? error.message : errorCatalog[error.code].meaning,
      ...(ownWords && field !== undefined ? { field } : {}),
      ...(ownWords && fields !== undefined ? { fields } : {}),
      ...(results === undefined ? {} : { results }),
      retryable: error.retryable,
      ...(correlationId === undefined ? {} : { correlationId }),
    },
    ...(error instanceof RouteRefused && error.allow.length > 0 ? { headers: { allow: error.allow.join(', ') } } : {}),
  };
}

export function isSuperseded(error: StartEnginesError): boolean {
  return error.code === 'Superseded';
}

/** The answer to a start that a later stop overtook: told, never thrown, for trying again is of no use. */
export function replyOfSuperseded(error: StartEnginesError): Reply {
  return { statusCode: error.statusCode, body: { message: error.message, superseded: true } };
}
