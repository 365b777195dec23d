import { type Datapoint, type Metric, type MetricSource, minuteMs, startOfMinute } from '../../cloudwatch/metric.ts';
import { type DurationRange, drawDuration } from '../../durations.ts';
import { createRandom } from '../../random.ts';
import type { TargetGroup } from './target-group.ts';

/** The metrics of target groups, as a load balancer counts them. AWS-080, AWS-081. */
export interface GroupMetrics {
  /** Counts a request for which a node has chosen a target. Health checks are not requests. */
  countRequest(now: number, targetGroupArn: string, loadBalancerArn: string, node: number): void;
  /** Records how many targets are registered and healthy. */
  noteHealth(now: number, group: TargetGroup): void;
  /** `RequestCount` and `HealthyHostCount` of a load balancer and a target group. */
  readonly source: MetricSource;
}

interface Health {
  readonly from: number;
  readonly registered: number;
  readonly healthy: number;
}

export interface GroupMetricsOptions {
  readonly seed: number;
  /** From the end of a minute until its datapoint can be read. Each node has its own delay. */
  readonly delayMs: DurationRange;
  /** The load balancers that use a group, by its ARN. */
  readonly usersOf: (targetGroupArn: string) => readonly string[];
  readonly now: () => number;
}

/** CloudWatch keeps datapoints of one minute for 15 days. */
const keptMs = 15 * 24 * 60 * minuteMs;

export function createGroupMetrics({ seed, delayMs, usersOf, now }: GroupMetricsOptions): GroupMetrics {
  /** By `LoadBalancer TargetGroup`, minute and node. */
  const requests = new Map<string, Map<number, number[]>>();
  /** By the dimension `TargetGroup`. */
  const healths = new Map<string, Health[]>();
  const groupArns = new Map<string, string>();

  /** The same for each look, without a draw from the sequence that decides everything else. */
  function readableAt(key: string, minute: number, node: number): number {
    let hash = seed ^ (minute / minuteMs) ^ (node << 28);
    for (const character of key) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return minute + minuteMs + drawDuration(delayMs, createRandom(hash));
  }

  function requestCounts(loadBalancer: string, targetGroup: string, from: number, to: number): Datapoint[] {
    const key = `${loadBalancer} ${targetGroup}`;
    return [...(requests.get(key) ?? [])]
      .filter(([minute]) => minute >= from && minute < to)
      .flatMap(([minute, nodes]) =>
        nodes.flatMap((sum, node) =>
          sum === 0
            ? []
            : [{ minute, sum, count: sum, minimum: 1, maximum: 1, readableAt: readableAt(key, minute, node) }],
        ),
      );
  }

  function healthyHosts(loadBalancer: string, targetGroup: string, from: number, to: number): Datapoint[] {
    const users = usersOf(groupArns.get(targetGroup) ?? '');
    const changes = healths.get(targetGroup) ?? [];
    const found: Datapoint[] = [];
    if (!users.some((arn) => loadBalancerDimension(arn) === loadBalancer)) return found;
    for (let minute = startOfMinute(from); minute < Math.min(to, now()); minute += minuteMs) {
      const ended = changes.filter(({ from: since }) => since < minute + minuteMs);
      const first = ended.findLastIndex(({ from: since }) => since <= minute);
      const values = ended
        .slice(Math.max(0, first))
        .filter(({ registered }) => registered > 0)
        .map(({ healthy }) => healthy);
      if (minute < from || values.length === 0) continue;
      found.push({
        minute,
        sum: values.reduce((sum, value) => sum + value, 0),
        count: values.length,
        minimum: Math.min(...values),
        maximum: Math.max(...values),
        readableAt: readableAt(`${targetGroup} hosts`, minute, 0),
      });
    }
    return found;
  }

  return {
    countRequest(at, targetGroupArn, loadBalancerArn, node) {
      const key = `${loadBalancerDimension(loadBalancerArn)} ${targetGroupDimension(targetGroupArn)}`;
      const minutes = requests.get(key) ?? new Map<number, number[]>();
      requests.set(key, minutes);
      const minute = startOfMinute(at);
      const nodes = minutes.get(minute) ?? [];
      minutes.set(minute, nodes);
      for (let index = nodes.length; index <= node; index++) nodes.push(0);
      nodes[node] = (nodes[node] ?? 0) + 1;
      for (const old of minutes.keys()) {
        if (old >= minute - keptMs) break;
        minutes.delete(old);
      }
    },
    noteHealth(at, group) {
      const key = targetGroupDimension(group.arn);
      groupArns.set(key, group.arn);
      const states = [...group.targets.values()].map(({ health, pinned }) => (pinned ?? health).State);
      const registered = states.filter(
        (state) => state !== 'draining' && state !== 'unused' && state !== 'unavailable',
      );
      const healthy = states.filter((state) => state === 'healthy');
      const changes = healths.get(key) ?? [];
      healths.set(key, changes);
      changes.push({ from: at, registered: registered.length, healthy: healthy.length });
      while (changes[1] !== undefined && changes[1].from < at - keptMs) changes.shift();
    },
    source({ namespace, name, dimensions }: Metric, from, to) {
      const { LoadBalancer = '', TargetGroup = '' } = dimensions;
      if (namespace !== 'AWS/ApplicationELB' || Object.keys(dimensions).length !== 2) return [];
      if (name === 'RequestCount') return requestCounts(LoadBalancer, TargetGroup, from, to);
      return name === 'HealthyHostCount' ? healthyHosts(LoadBalancer, TargetGroup, from, to) : [];
    },
  };
}

/** `app/<name>/<id>` */
function loadBalancerDimension(arn: string): string {
  return arn.slice(arn.indexOf(':loadbalancer/') + ':loadbalancer/'.length);
}

/** `targetgroup/<name>/<id>` */
function targetGroupDimension(arn: string): string {
  return arn.slice(arn.indexOf(':targetgroup/') + 1);
}
