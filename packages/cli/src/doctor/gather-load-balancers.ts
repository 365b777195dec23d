import type { ElasticLoadBalancingV2Client, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { callAws, canonicalAddress } from '@start-engines/aws';
import { StartEnginesError, type TargetGroupPort } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';
import type { FoundGroup, GroupEvidence, ListenerEvidence, LoadBalancerEvidence, RuleEvidence } from './evidence.ts';
import { collectPages, inChunks } from './pages.ts';
import { readRule } from './read-rule.ts';

/** DescribeLoadBalancers accepts no more ARNs per call. */
const balancersPerCall = 20;

/** Reads from ELB. Every method rejects with a StartEnginesError with an AWS code. */
export interface LoadBalancerReader {
  /** Each target group with its targets; without them if it does not exist. */
  groups(wanted: readonly TargetGroupPort[]): Promise<readonly GroupEvidence[]>;
  /** The load balancers of these target groups; those that do not exist are skipped. */
  balancersOf(targetGroupArns: readonly string[]): Promise<readonly string[]>;
  /** Load balancers with their listeners and rules, without addresses. */
  balancers(arns: readonly string[]): Promise<readonly LoadBalancerEvidence[]>;
}

export async function createLoadBalancerReader(aws: AwsAccess): Promise<LoadBalancerReader> {
  const sdk = await import('../sdk/elastic-load-balancing.ts');
  const client = await aws.elasticLoadBalancing();

  async function describeGroup(targetGroupArn: string): Promise<TargetGroup | undefined> {
    const operation = { service: 'ELBv2', operation: 'DescribeTargetGroups', about: { targetGroupArn } } as const;
    try {
      const command = new sdk.DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] });
      return (await callAws(operation, () => client.send(command))).TargetGroups?.[0];
    } catch (error) {
      const code = error instanceof StartEnginesError ? String(error.context.awsCode) : '';
      if (code.startsWith('TargetGroupNotFound')) return undefined;
      throw error;
    }
  }

  return {
    groups: (wanted) =>
      Promise.all(
        wanted.map(async ({ targetGroupArn, port }) => {
          const group = await describeGroup(targetGroupArn);
          const name = targetGroupArn.split('/').at(-2) ?? targetGroupArn;
          if (group === undefined) return { targetGroupArn, name, port, found: undefined };
          const operation = { service: 'ELBv2', operation: 'DescribeTargetHealth', about: { targetGroupArn } } as const;
          const command = new sdk.DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn });
          const { TargetHealthDescriptions = [] } = await callAws(operation, () => client.send(command));
          const targets = TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
            ip: canonicalAddress(Target?.Id ?? ''),
            port: Target?.Port ?? 0,
            state: TargetHealth?.State ?? 'unknown',
            reason: TargetHealth?.Reason,
            description: TargetHealth?.Description,
          }));
          return { targetGroupArn, name, port, found: { ...toFound(group), targets } };
        }),
      ),
    async balancersOf(targetGroupArns) {
      const groups = await Promise.all([...new Set(targetGroupArns)].map(describeGroup));
      return [...new Set(groups.flatMap((group) => group?.LoadBalancerArns ?? []))];
    },
    async balancers(arns) {
      if (arns.length === 0) return [];
      const operation = { service: 'ELBv2', operation: 'DescribeLoadBalancers' } as const;
      const replies = await Promise.all(
        inChunks(arns, balancersPerCall).map((LoadBalancerArns) => {
          const command = new sdk.DescribeLoadBalancersCommand({ LoadBalancerArns: [...LoadBalancerArns] });
          return callAws(operation, () => client.send(command));
        }),
      );
      const found = replies.flatMap(({ LoadBalancers }) => LoadBalancers ?? []);
      return Promise.all(
        found.map(async (balancer) => ({
          arn: balancer.LoadBalancerArn ?? '',
          name: balancer.LoadBalancerName ?? '',
          ...(balancer.VpcId === undefined ? {} : { vpcId: balancer.VpcId }),
          securityGroups: balancer.SecurityGroups ?? [],
          zones: (balancer.AvailabilityZones ?? []).map(({ ZoneName = '', SubnetId = '' }) => ({
            zone: ZoneName,
            subnetId: SubnetId,
          })),
          ips: [],
          listeners: await readListeners(client, sdk, balancer.LoadBalancerArn ?? ''),
        })),
      );
    },
  };
}

function toFound(group: TargetGroup): Omit<FoundGroup, 'targets'> {
  return {
    targetType: group.TargetType,
    ipAddressType: group.IpAddressType === 'ipv6' ? 'ipv6' : 'ipv4',
    loadBalancerArns: group.LoadBalancerArns ?? [],
    healthCheck: {
      path: group.HealthCheckPath ?? '/',
      port: group.HealthCheckPort ?? 'traffic-port',
      matcher: group.Matcher?.HttpCode ?? '200',
      timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 5,
    },
  };
}

type Sdk = typeof import('../sdk/elastic-load-balancing.ts');

async function readListeners(
  client: ElasticLoadBalancingV2Client,
  sdk: Sdk,
  LoadBalancerArn: string,
): Promise<readonly ListenerEvidence[]> {
  const about = { loadBalancerArn: LoadBalancerArn };
  const operation = { service: 'ELBv2', operation: 'DescribeListeners', about } as const;
  const listeners = await collectPages(async (Marker) => {
    const command = new sdk.DescribeListenersCommand({ LoadBalancerArn, ...(Marker === undefined ? {} : { Marker }) });
    const { Listeners, NextMarker } = await callAws(operation, () => client.send(command));
    return { items: Listeners, next: NextMarker };
  });
  return Promise.all(
    listeners.map(async ({ ListenerArn = '', Protocol = '', Port = 0 }) => {
      const rules = await readRules(client, sdk, ListenerArn);
      // `default` is not a number and comes last.
      const order = ({ priority = Number.POSITIVE_INFINITY }: RuleEvidence) => priority;
      return { arn: ListenerArn, protocol: Protocol, port: Port, rules: rules.toSorted((a, b) => order(a) - order(b)) };
    }),
  );
}

async function readRules(
  client: ElasticLoadBalancingV2Client,
  sdk: Sdk,
  ListenerArn: string,
): Promise<readonly RuleEvidence[]> {
  const operation = { service: 'ELBv2', operation: 'DescribeRules', about: { listenerArn: ListenerArn } } as const;
  const rules = await collectPages(async (Marker) => {
    const command = new sdk.DescribeRulesCommand({ ListenerArn, ...(Marker === undefined ? {} : { Marker }) });
    const { Rules, NextMarker } = await callAws(operation, () => client.send(command));
    return { items: Rules, next: NextMarker };
  });
  return rules.map(readRule);
}
