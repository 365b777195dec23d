import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createPorts, type PortsFor } from './composition.ts';
import { dispatch } from './dispatch.ts';
import { readAddressee } from './environment.ts';
import { createFirstReceipts } from './first-receipts.ts';
import { createLogJournal } from './journal.ts';
import { createMeter } from './meter.ts';
import { answerErrors } from './middlewares/answer-errors.ts';
import { correlate } from './middlewares/correlate.ts';
import { limitTime } from './middlewares/limit-time.ts';
import { logContext } from './middlewares/log-context.ts';
import { parseRequest } from './middlewares/parse-request.ts';
import { publishMetrics } from './middlewares/publish-metrics.ts';
import { tellWayIn } from './middlewares/tell-way-in.ts';
import { answer } from './replies/reply.ts';
import type { Invocation } from './request.ts';
import { logger, metrics } from './telemetry.ts';

const addressee = readAddressee(process.env);
const meter = createMeter();
let portsFor: PortsFor | undefined;

async function operate(event: unknown): Promise<unknown> {
  const { wayIn, operation, service, context } = event as Invocation;
  // Made by the first request that is well formed, and again by the next when the environment was not usable.
  portsFor ??= createPorts(process.env);
  const ports = portsFor(createLogJournal(logger, meter, service));
  const reply = await ports.endCallsBy(context.deadline, () => dispatch(operation, { ports, meter, context }));
  logger.info('done', { statusCode: reply.statusCode });
  return answer(wayIn, reply);
}

/**
 * The Lambda function. Middlewares run from the top down before the operation, and from the bottom up after it.
 *
 * @throws StartEnginesError Any code of the catalog, unless API Gateway called.
 */
export const handler: (event: unknown, context: Context) => Promise<unknown> = middy({
  // Middy's early time-out would reject while a start is still taking its task down again. The operations mind the time
  // themselves, and end before Lambda ends them.
  timeoutEarlyInMillis: 0,
})
  .use(logContext(logger, addressee.workspace))
  .use(publishMetrics(metrics, meter))
  .use(tellWayIn())
  .use(correlate(logger, () => process.env._X_AMZN_TRACE_ID))
  .use(limitTime(Date.now))
  .use(parseRequest(logger, createFirstReceipts(Date.now), addressee))
  .use(answerErrors(logger))
  .handler(operate);
