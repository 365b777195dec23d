import type { Logger } from '@aws-lambda-powertools/logger';
import {
  logMessages,
  type OperationContext,
  type StartEnginesError,
  toStartEnginesError,
  withResultsInMessage,
} from '@start-engines/core';
import type { Context } from 'aws-lambda';
import type { PortsFor } from './composition.ts';
import { describeError } from './describe-error.ts';
import { createLogJournal } from './journal.ts';
import type { Meter } from './meter.ts';
import type { OperationRequest } from './operations/operation.ts';
import { isSuperseded, replyOfError, replyOfSuperseded } from './replies/error.ts';
import type { Reply } from './replies/reply.ts';
import { correlationIdOf } from './triggers/correlation-id.ts';
import { openEvent } from './triggers/open-event.ts';
import type { Addressee, OpenedEvent } from './triggers/trigger.ts';

/** Reserved for the last log line, the metrics and the answer. */
const reserveMs = 500;

export interface HandleEventOptions {
  readonly logger: Logger;
  readonly meter: Meter;
  readonly addressee: Addressee;
  /** @throws StartEnginesError `Internal` when the environment is invalid. */
  readonly portsFor: PortsFor;
  readonly now: () => number;
  /** When Lambda first delivered the request with this ID. */
  readonly firstReceiptOf: (requestId: string) => number;
  readonly traceHeader: () => string | undefined;
}

/**
 * Opens the event, runs the operation that it requests, and answers.
 *
 * @throws StartEnginesError Any code of the catalogue, unless the trigger answers failures.
 */
export async function handleEvent(event: unknown, lambda: Context, options: HandleEventOptions): Promise<unknown> {
  const { logger, addressee } = options;
  let opened: OpenedEvent | undefined;
  let correlationId: string | undefined;
  try {
    opened = openEvent(event);
    correlationId = correlationIdOf(opened, options.traceHeader(), lambda.awsRequestId);
    logger.setCorrelationId(correlationId);
    const receivedAt = options.now();
    // Cleaning up included, so that Lambda never ends an operation half-way.
    const deadline = receivedAt + lambda.getRemainingTimeInMillis() - reserveMs;
    const request = opened.read(options.firstReceiptOf(lambda.awsRequestId), addressee);
    const reply = await run(request, opened, { correlationId, deadline, receivedAt }, options);
    logger.info(logMessages.done, { statusCode: reply.statusCode });
    return opened.answer(reply);
  } catch (caught) {
    return answerFailure(withResultsInMessage(toStartEnginesError(caught)), opened, correlationId, logger);
  }
}

async function run(
  request: OperationRequest,
  { wayIn }: OpenedEvent,
  context: OperationContext,
  { logger, meter, portsFor }: HandleEventOptions,
): Promise<Reply> {
  const { operation, services, logKeys, logDetails } = request;
  const service = services?.length === 1 ? services[0] : undefined;
  logger.appendKeys({ ...(service === undefined ? {} : { serviceName: service }), ...logKeys });
  logger.info(logMessages.request, { wayIn, operation, services, ...logDetails });
  const ports = portsFor(createLogJournal(logger, meter, service));
  return ports.endCallsBy(context.deadline, () => request.run({ ports, meter, context }));
}

/** Logs a failure once. The trigger's caller gets an answer, or the error itself: Step Functions can match its name. */
function answerFailure(
  error: StartEnginesError,
  opened: OpenedEvent | undefined,
  correlationId: string | undefined,
  logger: Logger,
): unknown {
  const superseded = isSuperseded(error);
  if (superseded) logger.info(logMessages.superseded, { reason: error.message });
  else logger.error(logMessages.failed, { error: describeError(error) });
  if (opened !== undefined && superseded) return opened.answer(replyOfSuperseded(error));
  if (opened?.answersFailures) return opened.answer(replyOfError(error, correlationId));
  throw error;
}
