import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

export type MeterName =
  /** The requests for an operation, and the failures. */
  `${string}${'Count' | 'Failure'}` | 'Adopted' | 'StaleTargets' | 'OutcomeNotTold' | 'TimeToRunning' | 'TimeToHealthy';

/** Collects the measurements of one invocation until they are published. */
export interface Meter {
  /**
   * `service` must have a mapping, or be undefined: each name is a separate metric, which costs money.
   */
  count(name: MeterName, service: string | undefined): void;
  measure(name: MeterName, service: string, durationMs: number): void;
  /** Writes all measurements, once for each service, and clears them. */
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
  // The set without further dimensions is the total of all services. Alarms use it.
  metrics.addDimensions({});
  if (service !== undefined) metrics.addDimensions({ serviceName: service });
  for (const { name, unit, value } of measurements) metrics.addMetric(name, unit, value);
  metrics.publishStoredMetrics();
}
