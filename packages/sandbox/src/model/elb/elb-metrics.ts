import type { SandboxClock } from '../../clock.ts';

const minuteMs = 60_000;
const secondMs = 1_000;
const mostChanges = 10_000;

/** What load balancers publish as metrics, by target group. */
export interface ElbMetrics {
  /** A load balancer has sent a request to the group. */
  countRequest(loadBalancerArn: string, targetGroupArn: string): void;
  /** The number of healthy targets has changed. */
  noteHealthy(targetGroupArn: string, count: number): void;
  /** The requests in the minute that begins at `minute` and before `until`, in milliseconds since the epoch; 0 for none. */
  requestsIn(loadBalancerArn: string, targetGroupArn: string, minute: number, until: number): number;
  /** The healthy targets at the end of the minute; undefined before the group had any target. */
  healthyIn(targetGroupArn: string, minute: number): number | undefined;
}

export function createElbMetrics(clock: SandboxClock): ElbMetrics {
  /** By load balancer and group: the requests of each second. */
  const requests = new Map<string, Map<number, number>>();
  const changes = new Map<string, { readonly at: number; readonly count: number }[]>();
  return {
    countRequest(loadBalancerArn, targetGroupArn) {
      const key = `${loadBalancerArn} ${targetGroupArn}`;
      const bySecond = requests.get(key) ?? new Map<number, number>();
      requests.set(key, bySecond);
      const second = Math.floor(clock.now() / secondMs) * secondMs;
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
    },
    noteHealthy(targetGroupArn, count) {
      const known = changes.get(targetGroupArn) ?? [];
      changes.set(targetGroupArn, known);
      if (known.at(-1)?.count !== count) known.push({ at: clock.now(), count });
      if (known.length > mostChanges) known.shift();
    },
    requestsIn(loadBalancerArn, targetGroupArn, minute, until) {
      const bySecond = requests.get(`${loadBalancerArn} ${targetGroupArn}`);
      let sum = 0;
      for (let second = minute; second < Math.min(minute + minuteMs, until); second += secondMs) {
        sum += bySecond?.get(second) ?? 0;
      }
      return sum;
    },
    healthyIn: (targetGroupArn, minute) =>
      changes.get(targetGroupArn)?.findLast(({ at }) => at < minute + minuteMs)?.count,
  };
}
