import { correlationIdPattern } from '@start-engines/core';
import { invalidRequest, kindOf } from './invalid-request.ts';
import { fieldOf, isFields } from './read-fields.ts';
import type { Addressee, Envelope, Operation } from './request.ts';
import { isApiGatewayEvent, openApiGatewayEnvelope } from './ways-in/api-gateway.ts';
import { readDirectOperation } from './ways-in/direct.ts';
import { openEventBusEnvelope, readEventBusOperation } from './ways-in/event-bus.ts';
import { readHttpOperation } from './ways-in/http.ts';

/**
 * Tells the way in by the envelope. EventBridge writes `detail-type` beside what the sender wrote, API Gateway
 * `requestContext`; a direct caller has neither and says `action`. Two of them at once come from nobody honest.
 *
 * @throws StartEnginesError `InvalidRequest` for an event from nowhere that we know.
 */
export function openEnvelope(event: unknown): Envelope {
  const single = unwrapBatch(event);
  if (!isFields(single)) throw invalidRequest(`The event must be an object, not ${kindOf(single)}.`);
  const marks = ['detail-type', 'requestContext', 'action'].filter((mark) => Object.hasOwn(single, mark));
  if (marks.length > 1) throw invalidRequest(`The event mixes ways in: it has ${marks.join(' and ')}.`);
  switch (marks[0]) {
    case 'detail-type':
      return openEventBusEnvelope(single);
    case 'requestContext':
      if (isApiGatewayEvent(single)) return openApiGatewayEnvelope(single);
      throw invalidRequest('The requestContext is not of an HTTP API or a REST proxy.', { field: 'requestContext' });
    case 'action':
      return { wayIn: 'direct', input: single };
    default:
      throw invalidRequest(
        'The event is from nowhere that is known: an event of EventBridge has detail-type, a request of API Gateway has ' +
          'requestContext, a direct invoke says {"action":"start","service":"auth"}.',
        { field: 'action' },
      );
  }
}

// Some event buses deliver a list of events. More than one cannot be answered, retried or dead-lettered separately.
function unwrapBatch(event: unknown): unknown {
  if (!Array.isArray(event)) return event;
  const [only] = event;
  if (event.length === 1 && isFields(only) && Object.hasOwn(only, 'detail-type')) return only;
  throw invalidRequest(`The event is a list of ${event.length}: have events delivered one at a time.`);
}

/**
 * @param receivedAt milliseconds since the epoch at which the event came for the first time.
 * @throws StartEnginesError `InvalidRequest` that names the field.
 */
export function parseOperation(envelope: Envelope, receivedAt: number, addressee: Addressee): Operation {
  switch (envelope.wayIn) {
    case 'event-bus':
      return readEventBusOperation(envelope, receivedAt, addressee);
    case 'http':
      return readHttpOperation(envelope, receivedAt, addressee);
    case 'direct':
      return readDirectOperation(envelope, receivedAt, addressee);
  }
}

/**
 * The id that the caller gave, else the trace's, else the request's.
 *
 * @throws StartEnginesError `InvalidRequest` when the caller gave one that is malformed.
 */
export function correlationIdOf(envelope: Envelope, traceHeader: string | undefined, requestId: string): string {
  const given = givenCorrelationId(envelope);
  if (given !== undefined) {
    if (typeof given.value === 'string' && correlationIdPattern.test(given.value)) return given.value;
    const described = 'must be 1 to 128 characters of letters, digits and . _ : / @ = + -';
    throw invalidRequest(`${given.field} ${described}.`, { field: given.field });
  }
  const trace = envelope.wayIn === 'http' ? envelope.headers.get('x-amzn-trace-id') : undefined;
  const root = /(?:^|;)Root=([^;]*)/.exec(trace ?? traceHeader ?? '')?.[1];
  return root !== undefined && correlationIdPattern.test(root) ? root : requestId;
}

function givenCorrelationId(envelope: Envelope): { readonly field: string; readonly value: unknown } | undefined {
  switch (envelope.wayIn) {
    case 'event-bus':
      return isFields(envelope.detail) ? ownField(envelope.detail, 'correlationId') : undefined;
    case 'direct':
      return ownField(envelope.input, 'correlationId');
    case 'http': {
      const value = envelope.headers.get('x-correlation-id');
      return value === undefined ? undefined : { field: 'x-correlation-id', value };
    }
  }
}

function ownField(fields: Readonly<Record<string, unknown>>, field: string) {
  return Object.hasOwn(fields, field) ? { field, value: fieldOf(fields, field) } : undefined;
}
