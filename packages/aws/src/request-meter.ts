import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { GroupUse, RequestMeter, RoutedGroup } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

export interface RequestMeterOptions {
  /** Called for each read. Most invocations read no metrics, so the client is loaded then. */
  readonly client: () => Promise<CloudWatchClient>;
}

const minuteMs = 60_000;
/** GetMetricData accepts this many metrics in a call. Its limit of 100,800 datapoints ends a page, not the call. AWS-082. */
const mostQueries = 500;

const operation = {
  service: 'CloudWatch',
  operation: 'GetMetricData',
  about: { namespace: 'AWS/ApplicationELB' },
} as const;

/** A read of one metric, from all pages. */
interface Series {
  readonly values: Map<number, number>;
  /** `PartialData` and `InternalError` may be followed by the rest on the next page, so the last status decides. AWS-083. */
  status?: string | undefined;
  /** Something in the answer cannot be true. */
  isImplausible?: true;
}

/**
 * Counts requests in CloudWatch: `RequestCount` and `HealthyHostCount` per load balancer and target group, by the minute. AWS reports
 * `RequestCount` only for minutes with requests. A group whose ARNs name no application load balancer is absent from the result.
 */
export function createRequestMeter({ client: loadClient }: RequestMeterOptions): RequestMeter {
  return {
    async read(groups, fromAt, toAt) {
      const from = fromAt - (fromAt % minuteMs);
      const measured = new Map(groups.filter(isMeasurable).map((group) => [group.targetGroupArn, group]));
      const queries = [...measured.values()].flatMap(queriesFor);
      const found = new Map(queries.map(({ Id = '' }): [string, Series] => [Id, { values: new Map() }]));
      for (let first = 0; first < queries.length; first += mostQueries) {
        await readSeries(await loadClient(), queries.slice(first, first + mostQueries), found, from, toAt);
      }
      return new Map(
        [...measured.keys()].map((arn, index): [string, GroupUse] => {
          const both = [found.get(`requests${index}`), found.get(`healthyHosts${index}`)] as const;
          const [requests = new Map(), healthyHosts = new Map()] = both.map((series) => series?.values);
          return [arn, { requests, healthyHosts, isComplete: both.every(isComplete) }];
        }),
      );
    },
  };
}

function isComplete(series: Series | undefined): boolean {
  return series?.status === 'Complete' && !series.isImplausible;
}

/** `app/<name>/<id>`, as in the ARN of a rule `…:listener-rule/app/<name>/<id>/<listener>/<rule>`. */
function loadBalancerOf({ listenerRuleArn }: RoutedGroup): string | undefined {
  return /:listener-rule\/(app\/[^/]+\/[^/]+)\//.exec(listenerRuleArn)?.[1];
}

function isMeasurable(group: RoutedGroup): boolean {
  return loadBalancerOf(group) !== undefined;
}

/** AWS-080, AWS-081 */
function queriesFor(group: RoutedGroup, index: number): MetricDataQuery[] {
  const Dimensions = [
    { Name: 'LoadBalancer', Value: loadBalancerOf(group) ?? '' },
    { Name: 'TargetGroup', Value: group.targetGroupArn.split(':').at(-1) ?? '' },
  ];
  const query = (name: string, MetricName: string, Stat: string): MetricDataQuery => ({
    Id: `${name}${index}`,
    MetricStat: { Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions }, Period: minuteMs / 1_000, Stat },
  });
  // Each node of the load balancer reports the hosts that it considers healthy. The minimum is what all nodes agree on.
  return [query('requests', 'RequestCount', 'Sum'), query('healthyHosts', 'HealthyHostCount', 'Minimum')];
}

async function readSeries(
  client: CloudWatchClient,
  queries: readonly MetricDataQuery[],
  found: ReadonlyMap<string, Series>,
  from: number,
  toAt: number,
): Promise<void> {
  const { GetMetricDataCommand } = await import('./cloudwatch-parts.ts');
  const input = { MetricDataQueries: [...queries], StartTime: new Date(from), EndTime: new Date(toAt) };
  let NextToken: string | undefined;
  do {
    const command = new GetMetricDataCommand({ ...input, ...(NextToken === undefined ? {} : { NextToken }) });
    const page = await callAws(operation, () => client.send(command));
    for (const { Id = '', Timestamps = [], Values = [], StatusCode } of page.MetricDataResults ?? []) {
      const series = found.get(Id);
      if (series === undefined) continue;
      series.status = StatusCode;
      if (Timestamps.length !== Values.length) series.isImplausible = true;
      for (const [position, time] of Timestamps.entries()) {
        const [minute, value] = [time.getTime(), Values[position] ?? Number.NaN];
        const isRequested = minute >= from && minute < toAt && minute % minuteMs === 0;
        if (isRequested && value >= 0) series.values.set(minute, value);
        else series.isImplausible = true;
      }
    }
    // CloudWatch writes here that it has carried out only a part of the call.
    const isWhole = (page.Messages ?? []).length === 0;
    for (const { Id = '' } of isWhole ? [] : queries) Object.assign(found.get(Id) ?? {}, { isImplausible: true });
    NextToken = page.NextToken === '' ? undefined : page.NextToken;
  } while (NextToken !== undefined);
}
