import type { SandboxClock } from '../clock.ts';
import type { Operations } from '../operation.ts';
import { type GetMetricDataInput, getMetricData } from './get-metric-data.ts';
import type { MetricSource } from './metric.ts';
import { checkNamespace, createPutMetrics, type PutMetricDataInput } from './put-metric-data.ts';

export interface CloudWatchOptions {
  readonly clock: SandboxClock;
  /** The metrics that services publish. */
  readonly sources: readonly MetricSource[];
}

export interface CloudWatchService {
  readonly operations: Operations;
  /** PutMetricData for any namespace. Over the wire, those of AWS are refused. */
  put(input: PutMetricDataInput): void;
}

/** CloudWatch's metrics. */
export function createCloudWatchService({ clock, sources }: CloudWatchOptions): CloudWatchService {
  const metrics = createPutMetrics();
  const all = [...sources, metrics.source];
  return {
    operations: {
      GetMetricData: (input) => getMetricData(input as unknown as GetMetricDataInput, all, clock.now()),
      PutMetricData(input) {
        const data = input as unknown as PutMetricDataInput;
        checkNamespace(data.Namespace);
        metrics.put(data, clock.now());
        return {};
      },
    },
    put: (input) => metrics.put(input, clock.now()),
  };
}
