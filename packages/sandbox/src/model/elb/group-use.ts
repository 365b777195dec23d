import type { Action } from './actions.ts';
import type { ElbState } from './elb-state.ts';

/** The ARNs of the load balancers whose listeners or rules forward to a target group. */
export function loadBalancersUsing(state: ElbState, targetGroupArn: string): readonly string[] {
  const users = [...state.listeners.values()].filter((listener) =>
    [listener.defaultActions, ...listener.rules.map(({ actions }) => actions)].some((actions) =>
      actions.some((action) => forwardsTo(action, targetGroupArn)),
    ),
  );
  return [...new Set(users.map(({ loadBalancer }) => loadBalancer.arn))];
}

function forwardsTo(action: Action, targetGroupArn: string): boolean {
  return (
    action.Type === 'forward' &&
    action.ForwardConfig.TargetGroups.some((group) => group.TargetGroupArn === targetGroupArn)
  );
}
