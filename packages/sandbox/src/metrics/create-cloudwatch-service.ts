import { AwsError } from '../aws-error.ts';
import type { SandboxClock } from '../clock.ts';
import type { ElbMetrics } from '../model/elb/elb-metrics.ts';
import type { Operations } from '../operation.ts';

export interface CloudWatchOptions {
  readonly clock: SandboxClock;
  readonly region: string;
  readonly accountId: string;
  readonly elb: ElbMetrics;
  /** How long a value takes to appear, in milliseconds. */
  readonly metricDelayMs: number;
}

interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

interface Metric {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly Dimension[];
}

interface Query {
  readonly Id: string;
  readonly Label?: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: { readonly Metric: Metric; readonly Period: number; readonly Stat: string };
}

/** The values of one period. */
type Samples = readonly number[];

const minuteMs = 60_000;
const mostQueries = 500;
const mostDatapoints = 100_800;

/**
 * The part of CloudWatch that reads the metrics of load balancers (`RequestCount` and `HealthyHostCount` per load balancer and target
 * group) and stores metrics of its users. A minute without requests has no `RequestCount`, as on AWS.
 */
export function createCloudWatchService(options: CloudWatchOptions): { readonly operations: Operations } {
  const { clock, region, accountId, elb, metricDelayMs } = options;
  const elbArn = (resource: string) => `arn:aws:elasticloadbalancing:${region}:${accountId}:${resource}`;
  const stored = new Map<string, { readonly at: number; readonly value: number }[]>();

  function samplesOf(metric: Metric, from: number, to: number): Samples {
    const visibleUntil = clock.now() - metricDelayMs;
    if (metric.Namespace !== 'AWS/ApplicationELB') {
      const known = stored.get(keyOf(metric)) ?? [];
      return known.filter(({ at }) => at >= from && at < to && at < visibleUntil).map(({ value }) => value);
    }
    const { LoadBalancer = '', TargetGroup = '' } = Object.fromEntries(
      (metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]),
    );
    const minutes = Array.from({ length: (to - from) / minuteMs }, (_, index) => from + index * minuteMs);
    if (metric.MetricName === 'RequestCount') {
      const balancerArn = elbArn(`loadbalancer/${LoadBalancer}`);
      return minutes
        .map((minute) => elb.requestsIn(balancerArn, elbArn(TargetGroup), minute, visibleUntil))
        .filter((count) => count > 0);
    }
    if (metric.MetricName !== 'HealthyHostCount') return [];
    return minutes
      .filter((minute) => minute + minuteMs <= visibleUntil)
      .flatMap((minute) => elb.healthyIn(elbArn(TargetGroup), minute) ?? []);
  }

  function valuesOf({ MetricStat: stat }: Query, start: number, end: number): readonly (readonly [number, number])[] {
    if (stat === undefined) return [];
    const periodMs = stat.Period * 1_000;
    const first = Math.floor(start / periodMs) * periodMs;
    const values: [number, number][] = [];
    for (let at = first; at < end; at += periodMs) {
      const samples = samplesOf(stat.Metric, at, at + periodMs);
      if (samples.length > 0) values.push([at, summarise(samples, stat.Stat)]);
    }
    return values;
  }

  return {
    operations: {
      GetMetricData(input) {
        const queries = (input.MetricDataQueries ?? []) as readonly Query[];
        if (queries.length > mostQueries) {
          throw invalid(`The collection MetricDataQueries must not have a size greater than ${mostQueries}.`);
        }
        for (const query of queries) checkQuery(query);
        const [start, end] = [input.StartTime, input.EndTime].map((time) => (time as Date).getTime());
        if (start === undefined || end === undefined || start >= end) {
          throw invalid('The parameter StartTime must be less than the parameter EndTime.');
        }
        const isAscending = input.ScanBy === 'TimestampAscending';
        const most = Math.min(Number(input.MaxDatapoints ?? mostDatapoints), mostDatapoints);
        let toSkip = Number(input.NextToken ?? 0);
        let room = most;
        let isCut = false;
        const results = queries
          .filter(({ ReturnData }) => ReturnData !== false)
          .map((query) => {
            const all = valuesOf(query, start, end);
            const ordered = isAscending ? all : all.toReversed();
            const skipped = Math.min(toSkip, ordered.length);
            toSkip -= skipped;
            const shown = ordered.slice(skipped, skipped + room);
            room -= shown.length;
            const isPartial = skipped + shown.length < ordered.length;
            isCut ||= isPartial;
            return {
              Id: query.Id,
              Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
              Timestamps: shown.map(([at]) => new Date(at)),
              Values: shown.map(([, value]) => value),
              StatusCode: isPartial ? 'PartialData' : 'Complete',
            };
          });
        const given = Number(input.NextToken ?? 0);
        return { MetricDataResults: results, ...(isCut ? { NextToken: String(given + most) } : {}), Messages: [] };
      },
      PutMetricData(input) {
        const namespace = String(input.Namespace);
        if (namespace.startsWith('AWS/')) {
          throw new AwsError('InvalidParameterValue', 'The value AWS/ for parameter Namespace is invalid.');
        }
        for (const datum of (input.MetricData ?? []) as readonly (Metric & Record<string, unknown>)[]) {
          const key = keyOf({ ...datum, Namespace: namespace });
          const at = datum.Timestamp instanceof Date ? datum.Timestamp.getTime() : clock.now();
          const values = (datum.Values ?? [datum.Value]) as readonly number[];
          const counts = (datum.Counts ?? []) as readonly number[];
          const added = values.flatMap((value, index) =>
            Array.from({ length: counts[index] ?? 1 }, () => ({ at, value: Number(value) })),
          );
          stored.set(key, [...(stored.get(key) ?? []), ...added]);
        }
        return {};
      },
    },
  };
}

function checkQuery({ Id, Expression, MetricStat }: Query): void {
  if (!/^[a-z]\w{0,254}$/.test(Id))
    throw invalid(`The value ${Id} for parameter MetricDataQueries.member.Id is invalid.`);
  if (Expression !== undefined) throw invalid('The sandbox does not evaluate metric math expressions.');
  const period = MetricStat?.Period ?? 0;
  if (period <= 0 || period % 60 !== 0)
    throw invalid(`The value ${period} for parameter Period must be a multiple of 60.`);
}

function summarise(samples: Samples, stat: string): number {
  const sum = samples.reduce((total, value) => total + value, 0);
  switch (stat) {
    case 'Sum':
      return sum;
    case 'Average':
      return sum / samples.length;
    case 'Minimum':
      return Math.min(...samples);
    case 'Maximum':
      return Math.max(...samples);
    case 'SampleCount':
      return samples.length;
    default:
      throw invalid(`The sandbox does not compute the statistic ${stat}.`);
  }
}

function keyOf({ Namespace, MetricName, Dimensions = [] }: Metric): string {
  const dimensions = Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).toSorted();
  return [Namespace, MetricName, ...dimensions].join('\n');
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
