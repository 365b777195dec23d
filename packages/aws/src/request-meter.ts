import type { CloudWatchClient, GetMetricDataCommandOutput, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { GroupUse, RequestMeter, RoutedGroup } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

export interface RequestMeterOptions {
  /** Called for the first read. Most invocations read no metrics, so the client is loaded then. */
  readonly client: () => Promise<CloudWatchClient>;
}

/** GetMetricData accepts so many metrics in a call (AWS documents 500). */
const mostQueries = 500;
const groupsPerCall = mostQueries / 2;

const operation = {
  service: 'CloudWatch',
  operation: 'GetMetricData',
  about: { namespace: 'AWS/ApplicationELB' },
} as const;

/**
 * Counts requests in CloudWatch: `RequestCount` and `HealthyHostCount` per load balancer and target group, by the minute. AWS reports
 * `RequestCount` only for minutes with requests.
 */
export function createRequestMeter({ client: loadClient }: RequestMeterOptions): RequestMeter {
  return {
    async read(groups, fromAt, toAt) {
      const measurable = groups.filter((group) => loadBalancerOf(group) !== undefined);
      if (measurable.length === 0) return new Map();
      const { GetMetricDataCommand } = await import('./cloudwatch-parts.ts');
      const client = await loadClient();
      const use = new Map<string, { -readonly [Name in keyof GroupUse]: GroupUse[Name] } & Values>();
      for (let first = 0; first < measurable.length; first += groupsPerCall) {
        const part = measurable.slice(first, first + groupsPerCall);
        const input = {
          MetricDataQueries: part.flatMap(queriesFor),
          StartTime: new Date(Math.floor(fromAt / 60_000) * 60_000),
          EndTime: new Date(toAt),
          ScanBy: 'TimestampAscending',
        } as const;
        let NextToken: string | undefined;
        do {
          const command = new GetMetricDataCommand({ ...input, ...(NextToken === undefined ? {} : { NextToken }) });
          const page: GetMetricDataCommandOutput = await callAws(operation, () => client.send(command));
          NextToken = page.NextToken === '' ? undefined : page.NextToken;
          addPage(use, part, page, NextToken === undefined);
        } while (NextToken !== undefined);
      }
      return use;
    },
  };
}

interface Values {
  readonly requests: Map<number, number>;
  readonly healthyHosts: Map<number, number>;
}

const metrics = ['requests', 'healthyHosts'] as const;

function queriesFor(group: RoutedGroup, index: number): MetricDataQuery[] {
  const Dimensions = [
    { Name: 'LoadBalancer', Value: loadBalancerOf(group) ?? '' },
    { Name: 'TargetGroup', Value: group.targetGroupArn.split(':').at(-1) ?? '' },
  ];
  const query = (name: (typeof metrics)[number], MetricName: string, Stat: string): MetricDataQuery => ({
    Id: `${name}${index}`,
    MetricStat: { Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions }, Period: 60, Stat },
  });
  return [query('requests', 'RequestCount', 'Sum'), query('healthyHosts', 'HealthyHostCount', 'Maximum')];
}

/** `app/<name>/<id>`, as in the ARN of a rule `…:listener-rule/app/<name>/<id>/<listener>/<rule>`. */
function loadBalancerOf({ listenerRuleArn }: RoutedGroup): string | undefined {
  return /:listener-rule\/(app\/[^/]+\/[^/]+)\//.exec(listenerRuleArn)?.[1];
}

/** A metric is complete when AWS says so on its last page. Values in the future are not believed. */
function addPage(
  use: Map<string, GroupUse & Values>,
  groups: readonly RoutedGroup[],
  { MetricDataResults = [] }: GetMetricDataCommandOutput,
  isLast: boolean,
): void {
  for (const [index, { targetGroupArn }] of groups.entries()) {
    const known = use.get(targetGroupArn) ?? { requests: new Map(), healthyHosts: new Map(), isComplete: true };
    let { isComplete } = known;
    for (const name of metrics) {
      const result = MetricDataResults.find(({ Id }) => Id === `${name}${index}`);
      const isWhole = result?.StatusCode === 'Complete' || (result?.StatusCode === 'PartialData' && !isLast);
      isComplete &&= isWhole || (result === undefined && !isLast);
      for (const [position, at] of (result?.Timestamps ?? []).entries()) {
        const value = result?.Values?.[position];
        if (value === undefined) isComplete = false;
        else known[name].set(at.getTime(), value);
      }
    }
    use.set(targetGroupArn, { ...known, isComplete });
  }
}
