import type { Logger } from '@aws-lambda-powertools/logger';
import { parseOperation } from '../parse-event.ts';
import type { Invocation, Operation } from '../request.ts';
import { type Middleware, required } from './invocation-state.ts';

/** Puts the checked request in the event's place: nothing behind this has seen what the caller wrote. */
export function parseRequest(logger: Logger, firstReceiptOf: (requestId: string) => number): Middleware {
  return {
    before(request) {
      const envelope = required(request, 'envelope');
      const operation = parseOperation(envelope, firstReceiptOf(request.context.awsRequestId));
      const service = serviceOf(operation);
      if (service !== undefined) logger.appendKeys({ serviceName: service });
      const invocation: Invocation = {
        wayIn: envelope.wayIn,
        operation,
        context: { correlationId: required(request, 'correlationId'), deadline: required(request, 'deadline') },
      };
      request.event = invocation;
      logger.info('request', { wayIn: envelope.wayIn, ...summaryOf(operation) });
    },
  };
}

/** The one service that the operation is about, or undefined. */
export function serviceOf(operation: Operation): string | undefined {
  const services = servicesOf(operation);
  return services?.length === 1 ? services[0] : undefined;
}

function servicesOf(operation: Operation): readonly string[] | undefined {
  if (operation.kind === 'start') return operation.requests.map((request) => request.service);
  if (operation.kind === 'reconcile' || operation.kind === 'look') return undefined;
  return operation.services === 'all' ? undefined : operation.services;
}

// Names of overrides, never their values: an environment may hold secrets.
function summaryOf(operation: Operation): Readonly<Record<string, unknown>> {
  const summary = { operation: operation.kind, services: servicesOf(operation) };
  if (operation.kind !== 'start') return summary;
  const [{ asked, waitFor, overrides }] = operation.requests;
  return { ...summary, asked: new Date(asked).toISOString(), waitFor, overrides: Object.keys(overrides) };
}
