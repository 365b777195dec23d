import type { Logger } from '@aws-lambda-powertools/logger';
import { correlationIdOf } from '../parse-event.ts';
import { type Middleware, required } from './invocation-state.ts';

/** Finds the correlation id, which goes on every line of the log and with the task. */
export function correlate(logger: Logger, traceHeader: () => string | undefined): Middleware {
  return {
    before(request) {
      const envelope = required(request, 'envelope');
      const correlationId = correlationIdOf(envelope, traceHeader(), request.context.awsRequestId);
      request.internal.correlationId = correlationId;
      logger.setCorrelationId(correlationId);
    },
  };
}
