import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

export type MeterName =
  /** Of an operation. */
  `${string}${'Count' | 'Failure'}` | 'Adopted' | 'StaleTargets' | 'OutcomeNotTold' | 'TimeToRunning' | 'TimeToHealthy';

/** Collects what one invocation measured, until it is published. */
export interface Meter {
  /**
   * `service` must be one that has a mapping, or undefined: each name is a metric of its own, which is paid for.
   */
  count(name: MeterName, service: string | undefined): void;
  measure(name: MeterName, service: string, durationMs: number): void;
  /** Writes everything, once for each service, and forgets it. */
  publish(metrics: Metrics): void;
}

interface Measurement {
  readonly name: MeterName;
  readonly unit: typeof MetricUnit.Count | typeof MetricUnit.Milliseconds;
  readonly value: number;
}

export function createMeter(): Meter {
  const byService = new Map<string | undefined, Measurement[]>();
  const add = (service: string | undefined, measurement: Measurement) => {
    byService.set(service, [...(byService.get(service) ?? []), measurement]);
  };
  return {
    count: (name, service) => add(service, { name, unit: MetricUnit.Count, value: 1 }),
    measure: (name, service, durationMs) => add(service, { name, unit: MetricUnit.Milliseconds, value: durationMs }),
    publish(metrics) {
      for (const [service, measurements] of byService) publishOf(metrics, service, measurements);
      byService.clear();
    },
  };
}

function publishOf(metrics: Metrics, service: string | undefined, measurements: readonly Measurement[]): void {
  // A set without dimensions of its own is the sum over all services, which alarms look at.
  metrics.addDimensions({});
  if (service !== undefined) metrics.addDimensions({ serviceName: service });
  for (const { name, unit, value } of measurements) metrics.addMetric(name, unit, value);
  metrics.publishStoredMetrics();
}
