import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createPorts, type PortsFor } from './composition.ts';
import { readAddressee } from './environment.ts';
import { createFirstReceipts } from './first-receipts.ts';
import { type HandleEventOptions, handleEvent } from './handle-event.ts';
import { createMeter } from './meter.ts';
import { logContext } from './middlewares/log-context.ts';
import { publishMetrics } from './middlewares/publish-metrics.ts';
import { logger, metrics } from './telemetry.ts';

const addressee = readAddressee(process.env);
const meter = createMeter();
let portsFor: PortsFor | undefined;

const options: HandleEventOptions = {
  logger,
  meter,
  addressee,
  portsFor(journal) {
    // Created by the first well-formed request, or by the next one if the environment was invalid.
    portsFor ??= createPorts(process.env);
    return portsFor(journal);
  },
  now: Date.now,
  firstReceiptOf: createFirstReceipts(Date.now),
  traceHeader: () => process.env._X_AMZN_TRACE_ID,
};

/**
 * The Lambda function. Middlewares run from the top down before the operation, and from the bottom up after it.
 *
 * @throws StartEnginesError Any code of the catalogue, unless API Gateway called.
 */
export const handler: (event: unknown, context: Context) => Promise<unknown> = middy({
  // Middy's early time-out would reject while a start is still taking its task down again. The operations watch the time
  // themselves, and end before Lambda ends them.
  timeoutEarlyInMillis: 0,
})
  .use(logContext(logger, addressee.workspace))
  .use(publishMetrics(metrics, meter))
  .handler((event: unknown, context) => handleEvent(event, context, options));
