import {
  type Action,
  type ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ListenerRules, Route, RoutedGroup, RouteState } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';
import { createRuleReader } from './rule-reader.ts';

export interface ListenerRulesOptions {
  readonly client: ElasticLoadBalancingV2Client;
  /** The target group of the activator; undefined where none is deployed, so that every rule is foreign. */
  readonly activatorGroupArn?: string | undefined;
  /** How long the nodes of a load balancer may take to apply a changed rule, in milliseconds. AWS-040. */
  readonly settleMs: number;
}

// AWS-043
const weightsOf = { service: { service: 1, activator: 0 }, activator: { service: 0, activator: 1 } } as const;

/**
 * The routes as listener rules that forward to two target groups in one action. The weights are 1 and 0: a load balancer does not
 * leave an empty group for another, and a group in no rule gets no health checks. AWS-038, AWS-039.
 */
export function createListenerRules({ client, activatorGroupArn, settleMs }: ListenerRulesOptions): ListenerRules {
  /** The actions of each rule, as they were read last. A change keeps those that do not forward. */
  const actionsOf = new Map<string, readonly Action[]>();
  const about = (operation: string, { listenerRuleArn }: RoutedGroup) =>
    ({ service: 'ELBv2', operation, about: { listenerRuleArn } }) as const;

  const readActions = createRuleReader(client);

  return {
    settleMs,
    async read(route) {
      const actions = await readActions(route.listenerRuleArn);
      if (actions === undefined) return 'missing';
      actionsOf.set(route.listenerRuleArn, actions);
      return stateOf(actions, route.targetGroupArn, activatorGroupArn);
    },
    async point(route, to) {
      const { listenerRuleArn: RuleArn, targetGroupArn } = route;
      const actions = actionsOf.get(RuleArn) ?? (await readActions(RuleArn)) ?? [];
      const Actions = actions.map((action) =>
        isForward(action) ? forwardTo(to, targetGroupArn, activatorGroupArn ?? '', action.Order) : action,
      );
      const command = new ModifyRuleCommand({ RuleArn, Actions });
      await callAws(about('ModifyRule', route), () => client.send(command));
    },
  };
}

function isForward({ Type }: Action): boolean {
  return Type === 'forward';
}

/** One action that forwards to these two groups and no others is ours, whatever its weights. */
function stateOf(
  actions: readonly Action[],
  targetGroupArn: string,
  activatorGroupArn: string | undefined,
): RouteState {
  const [forward, ...others] = actions.filter(isForward);
  const groups = forward?.ForwardConfig?.TargetGroups ?? [];
  const weightOf = (arn: string | undefined) => groups.find((group) => group.TargetGroupArn === arn)?.Weight;
  const [service, activator] = [weightOf(targetGroupArn), weightOf(activatorGroupArn)];
  if (others.length > 0 || groups.length !== 2 || service === undefined || activator === undefined) return 'foreign';
  if (forward?.ForwardConfig?.TargetGroupStickinessConfig?.Enabled) return 'mixed';
  if (service > 0 && activator === 0) return 'service';
  return service === 0 && activator > 0 ? 'activator' : 'mixed';
}

function forwardTo(to: Route, targetGroupArn: string, activatorGroupArn: string, Order: number | undefined): Action {
  const weights = weightsOf[to];
  return {
    Type: 'forward',
    ...(Order === undefined ? {} : { Order }),
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: targetGroupArn, Weight: weights.service },
        { TargetGroupArn: activatorGroupArn, Weight: weights.activator },
      ],
      TargetGroupStickinessConfig: { Enabled: false },
    },
  };
}
