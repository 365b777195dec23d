import { AwsError } from '../aws-error.ts';
import { type Datapoint, type Metric, type MetricSource, minuteMs, startOfMinute } from './metric.ts';

interface Query {
  readonly Id: string;
  readonly Label?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace?: string;
      readonly MetricName?: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
}

export interface GetMetricDataInput {
  readonly MetricDataQueries: readonly Query[];
  readonly StartTime: Date;
  readonly EndTime: Date;
  readonly ScanBy?: string;
  readonly MaxDatapoints?: number;
  readonly NextToken?: string;
}

/** The answer about one metric, as on the wire. */
export interface MetricDataResult {
  readonly Id: string;
  readonly Label: string;
  readonly Timestamps: readonly Date[];
  readonly Values: readonly number[];
  readonly StatusCode: string;
}

/** AWS-082 */
const mostQueries = 500;
const mostDatapoints = 100_800;

const statistics: Readonly<Record<string, (points: readonly Datapoint[]) => number>> = {
  Sum: (points) => total(points, ({ sum }) => sum),
  SampleCount: (points) => total(points, ({ count }) => count),
  Average: (points) => total(points, ({ sum }) => sum) / total(points, ({ count }) => count),
  Minimum: (points) => Math.min(...points.map(({ minimum }) => minimum)),
  Maximum: (points) => Math.max(...points.map(({ maximum }) => maximum)),
};

function total(points: readonly Datapoint[], of: (point: Datapoint) => number): number {
  return points.reduce((sum, point) => sum + of(point), 0);
}

/** GetMetricData for statistics of metrics. Expressions are not modelled. */
export function getMetricData(input: GetMetricDataInput, sources: readonly MetricSource[], now: number) {
  checkInput(input);
  const position = readToken(input.NextToken, now);
  const results = input.MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false).map((query) =>
    readQuery(query, input, sources, position.asOf),
  );
  return pageOf(results, position, input.MaxDatapoints ?? mostDatapoints);
}

function checkInput({ MetricDataQueries: queries, StartTime, EndTime, MaxDatapoints }: GetMetricDataInput): void {
  if (queries.length > mostQueries) {
    throw invalid(`The collection MetricDataQueries must not have a size greater than ${mostQueries}.`);
  }
  if (StartTime >= EndTime) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  if (MaxDatapoints !== undefined && !(MaxDatapoints >= 1 && MaxDatapoints <= mostDatapoints)) {
    throw invalid(`The parameter MaxDatapoints must be between 1 and ${mostDatapoints}.`);
  }
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
    throw invalid('The values for parameter id in MetricDataQueries are not unique.');
  }
  for (const [index, { Id, MetricStat }] of queries.entries()) {
    const member = `MetricDataQueries.member.${index + 1}`;
    if (!/^[a-z]\w{0,254}$/.test(Id)) throw invalid(`The value ${Id} for parameter ${member}.Id is invalid.`);
    if (MetricStat === undefined) throw invalid(`The parameter ${member}.MetricStat is required.`);
    const { Period, Stat } = MetricStat;
    if (!(Period > 0 && Period % 60 === 0)) {
      throw invalid(`The parameter ${member}.MetricStat.Period must be a multiple of 60.`);
    }
    if (!Object.hasOwn(statistics, Stat)) {
      throw invalid(`The value ${Stat} for parameter ${member}.MetricStat.Stat is not supported.`);
    }
  }
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

function readQuery(
  { Id, Label, MetricStat }: Query,
  { StartTime, EndTime, ScanBy }: GetMetricDataInput,
  sources: readonly MetricSource[],
  asOf: number,
): MetricDataResult {
  const { Metric: asked, Period = 60, Stat = 'Sum' } = MetricStat ?? {};
  const metric: Metric = {
    namespace: asked?.Namespace ?? '',
    name: asked?.MetricName ?? '',
    dimensions: Object.fromEntries((asked?.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
  };
  const periods = new Map<number, Datapoint[]>();
  for (const point of sources.flatMap((read) => read(metric, startOfMinute(+StartTime), +EndTime))) {
    if (point.readableAt > asOf) continue;
    const start = point.minute - (point.minute % (Period * 1_000));
    periods.set(start, [...(periods.get(start) ?? []), point]);
  }
  const order = ScanBy === 'TimestampAscending' ? 1 : -1;
  const points = [...periods].sort(([left], [right]) => order * (left - right));
  return {
    Id,
    Label: Label ?? `${asked?.MetricName ?? ''} ${Stat}`,
    Timestamps: points.map(([start]) => new Date(start)),
    Values: points.map(([, values]) => statistics[Stat]?.(values) ?? 0),
    StatusCode: 'Complete',
  };
}

/** A page of at most `most` datapoints. The metric that continues on the next page has `PartialData`. AWS-083. */
function pageOf(results: readonly MetricDataResult[], { asOf, result: first, offset }: Position, most: number) {
  const page: MetricDataResult[] = [];
  let left = most;
  for (let index = first; index < results.length; index++) {
    const result = results[index] as MetricDataResult;
    const from = index === first ? offset : 0;
    const to = Math.min(result.Values.length, from + left);
    left -= to - from;
    const isWhole = to === result.Values.length;
    if (isWhole || to > from) {
      page.push({
        ...result,
        Timestamps: result.Timestamps.slice(from, to),
        Values: result.Values.slice(from, to),
        StatusCode: isWhole ? 'Complete' : 'PartialData',
      });
    }
    if (!isWhole) return { MetricDataResults: page, NextToken: writeToken({ asOf, result: index, offset: to }) };
  }
  return { MetricDataResults: page };
}

/** Where a page begins. */
interface Position {
  /** All pages show what was readable at this time. */
  readonly asOf: number;
  readonly result: number;
  /** The first datapoint of the result. */
  readonly offset: number;
}

function writeToken({ asOf, result, offset }: Position): string {
  return Buffer.from(`${asOf} ${result} ${offset}`).toString('base64url');
}

function readToken(token: string | undefined, now: number): Position {
  if (token === undefined) return { asOf: now, result: 0, offset: 0 };
  const parts = /^(\d+(?:\.\d+)?) (\d+) (\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (parts === null) throw new AwsError('InvalidNextToken', 'The specified NextToken is invalid.');
  return { asOf: Number(parts[1]), result: Number(parts[2]), offset: Number(parts[3]) };
}

/** How many milliseconds of data the fault `stale` hides. */
const staleMs = 15 * minuteMs;

/** What a planted fault makes of an answer. */
export const metricFaults = {
  /** Half of the datapoints, `PartialData`, and no further page. */
  partial: (result) => cut(result, 'PartialData'),
  /** Half of the datapoints and `InternalError`. */
  'internal-error': (result) => cut(result, 'InternalError'),
  forbidden: (result) => ({ ...result, Timestamps: [], Values: [], StatusCode: 'Forbidden' }),
  /** No datapoints, although the answer is complete. */
  empty: (result) => ({ ...result, Timestamps: [], Values: [] }),
  /** As it was 15 minutes ago. */
  stale: (result, now) => keep(result, (time) => time < now - staleMs),
  /** All datapoints an hour later. */
  future: (result) => ({ ...result, Timestamps: result.Timestamps.map((time) => new Date(+time + 60 * minuteMs)) }),
} as const satisfies Readonly<Record<string, (result: MetricDataResult, now: number) => MetricDataResult>>;

export type MetricFault = keyof typeof metricFaults;

function cut(result: MetricDataResult, StatusCode: string): MetricDataResult {
  const half = Math.floor(result.Values.length / 2);
  return { ...result, Timestamps: result.Timestamps.slice(0, half), Values: result.Values.slice(0, half), StatusCode };
}

function keep(result: MetricDataResult, isKept: (time: number) => boolean): MetricDataResult {
  const kept = result.Timestamps.map((time) => isKept(+time));
  return {
    ...result,
    Timestamps: result.Timestamps.filter((_, index) => kept[index]),
    Values: result.Values.filter((_, index) => kept[index]),
  };
}
