import type { Logger } from '@aws-lambda-powertools/logger';
import { formatMoment, serviceOfOwner } from '@start-engines/core';
import { parseOperation } from '../parse-event.ts';
import type { Addressee, Invocation, Operation } from '../request.ts';
import { type Middleware, required } from './invocation-state.ts';

/**
 * Puts the checked request in the event's place: nothing behind this has seen what the caller wrote.
 *
 * @param addressee whose tasks and events are ours
 */
export function parseRequest(
  logger: Logger,
  firstReceiptOf: (requestId: string) => number,
  addressee: Addressee,
): Middleware {
  return {
    before(request) {
      const envelope = required(request, 'envelope');
      const operation = parseOperation(envelope, firstReceiptOf(request.context.awsRequestId), addressee);
      const services = servicesOf(operation, addressee.workspace);
      const service = services?.length === 1 ? services[0] : undefined;
      if (service !== undefined) logger.appendKeys({ serviceName: service });
      if (operation.kind === 'look') logger.appendKeys({ taskArn: operation.taskArn });
      const invocation: Invocation = {
        wayIn: envelope.wayIn,
        operation,
        ...(service === undefined ? {} : { service }),
        context: {
          correlationId: required(request, 'correlationId'),
          deadline: required(request, 'deadline'),
          receivedAt: required(request, 'receivedAt'),
        },
      };
      request.event = invocation;
      logger.info('request', { wayIn: envelope.wayIn, operation: operation.kind, services, ...detailsOf(operation) });
    },
  };
}

/** The services that the operation is about; undefined when they are not known yet, or none is ours. */
function servicesOf(operation: Operation, workspace: string | undefined): readonly string[] | undefined {
  switch (operation.kind) {
    case 'start':
      return operation.requests.map((request) => request.service);
    case 'stop':
      return operation.services === 'all' ? undefined : operation.services;
    case 'restart':
    case 'status':
      return operation.services;
    case 'reconcile':
      return undefined;
    case 'look': {
      const owned = workspace === undefined ? undefined : serviceOfOwner(workspace, operation.startedBy);
      return owned === undefined ? undefined : [owned];
    }
  }
}

function detailsOf(operation: Operation): Readonly<Record<string, unknown>> {
  switch (operation.kind) {
    case 'start': {
      // Names of overrides, never their values: an environment may hold secrets.
      const [{ asked, waitFor, overrides }] = operation.requests;
      return { asked: formatMoment(asked), waitFor, overrides: Object.keys(overrides) };
    }
    case 'stop':
    case 'restart':
      return { asked: formatMoment(operation.asked) };
    case 'look':
      return { version: operation.version };
    case 'reconcile':
      return operation.dryRun ? { dryRun: true } : {};
    case 'status':
      return {};
  }
}
