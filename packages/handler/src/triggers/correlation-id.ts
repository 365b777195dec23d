import { correlationIdPattern } from '@start-engines/core';
import { invalidRequest } from '../invalid-request.ts';
import type { Fields } from '../operations/operation.ts';
import { fieldOf } from '../read-fields.ts';
import type { OpenedEvent } from './trigger.ts';

/** The correlation ID among the caller's fields, if there is one. */
export function givenCorrelationId(fields: Fields): Pick<OpenedEvent, 'correlationId'> {
  const field = 'correlationId';
  return Object.hasOwn(fields, field) ? { correlationId: { field, value: fieldOf(fields, field) } } : {};
}

/**
 * The ID that the caller gave; otherwise that of the trace, or the request ID.
 *
 * @throws StartEnginesError `InvalidRequest` when the caller's ID is malformed.
 */
export function correlationIdOf(event: OpenedEvent, lambdaTrace: string | undefined, requestId: string): string {
  const given = event.correlationId;
  if (given !== undefined) {
    if (typeof given.value === 'string' && correlationIdPattern.test(given.value)) return given.value;
    const described = 'must be 1 to 128 characters of letters, digits and . _ : / @ = + -';
    throw invalidRequest(`${given.field} ${described}.`, { field: given.field });
  }
  const root = /(?:^|;)Root=([^;]*)/.exec(event.traceHeader ?? lambdaTrace ?? '')?.[1];
  return root !== undefined && correlationIdPattern.test(root) ? root : requestId;
}
