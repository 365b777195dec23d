import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { MiddlewareObj } from '@middy/core';
import type { Meter } from '../meter.ts';

/** Counts cold starts, and publishes the measurements, also when the invocation fails. */
export function publishMetrics(metrics: Metrics, meter: Meter): MiddlewareObj {
  const publish = () => meter.publish(metrics);
  return {
    before({ context }) {
      metrics.captureColdStartMetric(context.functionName);
    },
    after: publish,
    onError: publish,
  };
}
