import type { Action } from './action.ts';
import type { ElbState } from './elb-state.ts';

/** The ARNs of the load balancers whose listeners or rules forward to a target group. AWS-039. */
export function loadBalancersUsing(state: ElbState, targetGroupArn: string): readonly string[] {
  const users = [...state.listeners.values()].filter((listener) =>
    [listener.defaultActions, ...listener.rules.map(({ actions }) => actions)].some((actions) =>
      actions.some((action) => forwardsTo(action, targetGroupArn)),
    ),
  );
  return [...new Set(users.map(({ loadBalancer }) => loadBalancer.arn))];
}

/** The same for all groups that are in use. */
export function loadBalancersByGroup(state: ElbState): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, Set<string>>();
  for (const { loadBalancer, defaultActions, rules } of state.listeners.values()) {
    const forwards = [defaultActions, ...rules.map(({ actions }) => actions)].flat();
    for (const action of forwards) {
      if (action.Type !== 'forward') continue;
      for (const { TargetGroupArn } of action.ForwardConfig.TargetGroups) {
        users.set(TargetGroupArn, (users.get(TargetGroupArn) ?? new Set()).add(loadBalancer.arn));
      }
    }
  }
  return new Map([...users].map(([arn, found]) => [arn, [...found]]));
}

function forwardsTo(action: Action, targetGroupArn: string): boolean {
  return (
    action.Type === 'forward' &&
    action.ForwardConfig.TargetGroups.some((group) => group.TargetGroupArn === targetGroupArn)
  );
}

/** Whether security groups let one of the load balancers reach a port of an address. */
export function isReachable(state: ElbState, usersOf: () => readonly string[], ip: string, port: number): boolean {
  return state.vpc.reaches(() => usersOf().flatMap((arn) => state.loadBalancers.get(arn)?.interfaces ?? []), ip, port);
}
