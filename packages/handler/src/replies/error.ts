import { type ErrorCode, errorCatalog, type StartEnginesError } from '@start-engines/core';
import { RouteRefused } from '../invalid-request.ts';
import type { Reply } from './reply.ts';

/** Errors about the request itself. Only their messages are safe to show to an HTTP caller. */
const publicErrors: ReadonlySet<ErrorCode> = new Set(['InvalidRequest', 'OverrideNotAllowed', 'OverrideNotApplied']);

/** The answer to an HTTP caller: no internals, and nothing about other services. */
export function replyOfError(error: StartEnginesError, correlationId: string | undefined): Reply {
  const { context, results } = error;
  const { field, fields } = context;
  const isPublic = publicErrors.has(error.code);
  return {
    statusCode: error.statusCode,
    body: {
      error: error.code,
      message: isPublic ? error.message : errorCatalog[error.code].meaning,
      ...(isPublic && field !== undefined ? { field } : {}),
      ...(isPublic && fields !== undefined ? { fields } : {}),
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

/** The answer to a start that a later stop overtook. It is not thrown, because a retry is of no use. */
export function replyOfSuperseded(error: StartEnginesError): Reply {
  return { statusCode: error.statusCode, body: { message: error.message, superseded: true } };
}
