import { AwsError } from '../aws-error.ts';
import { type Datapoint, type Metric, type MetricSource, startOfMinute } from './metric.ts';

export interface MetricDatum {
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Timestamp?: Date;
  readonly Value?: number;
  readonly Values?: readonly number[];
  readonly Counts?: readonly number[];
  readonly StatisticValues?: {
    readonly SampleCount: number;
    readonly Sum: number;
    readonly Minimum: number;
    readonly Maximum: number;
  };
}

export interface PutMetricDataInput {
  readonly Namespace: string;
  readonly MetricData?: readonly MetricDatum[];
  readonly EntityMetricData?: readonly { readonly MetricData?: readonly MetricDatum[] }[];
}

const mostMetrics = 1_000;
const [earliestMs, latestMs] = [14 * 24 * 3_600_000, 2 * 3_600_000];

/** The metrics that callers have put. They can be read at once. */
export interface PutMetrics {
  /** Any namespace, also those of AWS. */
  put(input: PutMetricDataInput, now: number): void;
  readonly source: MetricSource;
}

export function createPutMetrics(): PutMetrics {
  const points = new Map<string, Datapoint[]>();
  return {
    put({ Namespace, MetricData = [], EntityMetricData = [] }, now) {
      const data = [...MetricData, ...EntityMetricData.flatMap((entity) => entity.MetricData ?? [])];
      checkData(data, now);
      for (const datum of data) {
        const { MetricName: name, Dimensions = [], Timestamp = new Date(now) } = datum;
        const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
        const key = keyOf({ namespace: Namespace, name, dimensions });
        const point = { minute: startOfMinute(+Timestamp), ...valuesOf(datum), readableAt: now };
        points.set(key, [...(points.get(key) ?? []), point]);
      }
    },
    source: (metric, from, to) =>
      (points.get(keyOf(metric)) ?? []).filter(({ minute }) => minute >= from && minute < to),
  };
}

/** @throws AwsError for a namespace that is AWS's own */
export function checkNamespace(namespace: string): void {
  if (!namespace.startsWith('AWS/')) return;
  throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`);
}

function checkData(data: readonly MetricDatum[], now: number): void {
  if (data.length === 0) {
    throw new AwsError('MissingParameter', 'The parameter MetricData or EntityMetricData is required.');
  }
  if (data.length > mostMetrics) {
    throw invalidValue(`The collection MetricData must not have a size greater than ${mostMetrics}.`);
  }
  for (const [index, { Timestamp, Value, Values, Counts, StatisticValues }] of data.entries()) {
    const member = `MetricData.member.${index + 1}`;
    const age = now - +(Timestamp ?? now);
    if (age > earliestMs || age < -latestMs) {
      throw invalidValue(
        `The parameter ${member}.Timestamp must specify a time no more than two hours in the future and two weeks in the past.`,
      );
    }
    const given = [Value, Values, StatisticValues].filter((one) => one !== undefined);
    if (given.length === 0) throw new AwsError('MissingParameter', `The parameter ${member}.Value is required.`);
    if (given.length > 1) {
      throw new AwsError(
        'InvalidParameterCombination',
        `The parameters ${member}.Value, ${member}.Values and ${member}.StatisticValues are mutually exclusive.`,
      );
    }
    if (Counts !== undefined && Counts.length !== Values?.length) {
      throw invalidValue(`The parameters ${member}.Values and ${member}.Counts must have the same length.`);
    }
  }
}

function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

function valuesOf({ Value, Values, Counts, StatisticValues }: MetricDatum): Omit<Datapoint, 'minute' | 'readableAt'> {
  if (StatisticValues !== undefined) {
    const { Sum: sum, SampleCount: count, Minimum: minimum, Maximum: maximum } = StatisticValues;
    return { sum, count, minimum, maximum };
  }
  const values = Values ?? [Value ?? 0];
  const counts = values.map((_, index) => Counts?.[index] ?? 1);
  return {
    sum: values.reduce((sum, value, index) => sum + value * (counts[index] ?? 1), 0),
    count: counts.reduce((sum, count) => sum + count, 0),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
  };
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  const sorted = Object.entries(dimensions).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}
