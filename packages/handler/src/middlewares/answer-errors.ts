import type { Logger } from '@aws-lambda-powertools/logger';
import { type StartEnginesError, toStartEnginesError } from '@start-engines/core';
import { describeError } from '../describe-error.ts';
import { answer } from '../replies/reply.ts';
import { headersOfError, isSuperseded, replyOfError, replyOfSuperseded } from '../replies/reply-of-error.ts';
import type { InvocationRequest, Middleware } from './invocation-state.ts';

/**
 * Logs a failure once. API Gateway gets an answer; every other caller gets the error itself, so that Lambda retries it,
 * a Step Function can match its name, and the Errors metric is true.
 */
export function answerErrors(logger: Logger): Middleware {
  return {
    onError(request) {
      const error = toStartEnginesError(request.error);
      request.error = error;
      if (isSuperseded(error)) logger.info('superseded', { reason: error.message });
      else logger.error('failed', { error: describeError(error) });
      // Set and not returned: Middy would skip the middlewares that still have to write metrics and to forget.
      request.response = responseTo(error, request);
    },
  };
}

function responseTo(error: StartEnginesError, { internal }: InvocationRequest): unknown {
  const wayIn = internal.envelope?.wayIn;
  if (isSuperseded(error) && wayIn !== undefined) return answer(wayIn, replyOfSuperseded(error));
  if (wayIn !== 'http') return undefined;
  return answer(wayIn, replyOfError(error, internal.correlationId), headersOfError(error));
}
