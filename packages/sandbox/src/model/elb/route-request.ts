import { type Action, inOrder, type Redirect, type WeightedGroup } from './action.ts';
import { type Condition, meetsCondition, type RequestToMatch } from './conditions.ts';
import type { ElbState, Listener, Rule } from './elb-state.ts';
import { isReachable } from './group-use.ts';
import { listenerOnNode } from './nodes.ts';
import type { TargetGroup, TargetHealth, TargetRecord } from './target-group.ts';

/** A request to a listener. `path` has no query; `query` has no question mark. */
export interface RequestToRoute extends RequestToMatch {
  readonly listenerArn: string;
  /** The node of the load balancer, from 0. Default: the nodes take turns. */
  readonly node?: number;
}

/** The decision about a request. */
export type RouteDecision =
  | {
      readonly kind: 'forward';
      readonly targetGroupArn: string;
      readonly target: { readonly ip: string; readonly port: number };
      /** Security groups block the load balancer from the target. */
      readonly blocked?: true;
    }
  /** A function answers the request. */
  | {
      readonly kind: 'invoke';
      readonly targetGroupArn: string;
      readonly functionArn: string;
      readonly hasMultiValueHeaders: boolean;
    }
  | { readonly kind: 'no-targets'; readonly targetGroupArn: string }
  | {
      readonly kind: 'fixed-response';
      readonly statusCode: number;
      readonly contentType: string;
      readonly body: string;
    }
  | { readonly kind: 'redirect'; readonly statusCode: 301 | 302; readonly location: string }
  /** A rule that the sandbox cannot evaluate may match or change the request. */
  | { readonly kind: 'not-modelled'; readonly ruleArn: string; readonly what: string };

/** @throws `RangeError` if there is no such listener or node */
export function routeRequest(state: ElbState, request: RequestToRoute): RouteDecision {
  const node = request.node ?? state.nextNode;
  const listener = listenerOnNode(state, request.listenerArn, node);
  if (request.node === undefined) state.nextNode = (node + 1) % state.nodes;
  const { rule, open } = findMatch(listener, request);
  if (open !== undefined) return notModelled(rule.arn, `condition ${JSON.stringify(open.shown)}`);
  const decision = carryOut(state, listener, rule, request);
  if (decision.kind === 'forward' || decision.kind === 'invoke') {
    state.metrics.countRequest(state.clock.now(), decision.targetGroupArn, listener.loadBalancer.arn, node);
  }
  return decision;
}

/** The rule that a node applies to a request. */
export interface NodeRule {
  readonly node: number;
  readonly ruleArn: string;
  readonly actions: readonly Action[];
}

/**
 * The rule that each node would apply to a request now. Changes nothing, unlike a request.
 *
 * @throws `RangeError` if there is no such listener
 */
export function rulesOnNodes(state: ElbState, request: Omit<RequestToRoute, 'node'>): readonly NodeRule[] {
  return Array.from({ length: state.nodes }, (_, node) => {
    const { rule } = findMatch(listenerOnNode(state, request.listenerArn, node), request);
    return { node, ruleArn: rule.arn, actions: rule.actions };
  });
}

type AppliedRule = Pick<Rule, 'arn' | 'actions' | 'transforms'>;

/** The first rule that may match. `open` is its first condition that the sandbox cannot evaluate. AWS-041. */
function findMatch(listener: Listener, request: RequestToRoute): { rule: AppliedRule; open?: Condition | undefined } {
  for (const rule of listener.rules) {
    const met = rule.conditions.map((condition) => meetsCondition(condition, request));
    if (!met.includes(false)) return { rule, open: rule.conditions[met.indexOf(undefined)] };
  }
  return { rule: { arn: listener.defaultRuleArn, actions: listener.defaultActions, transforms: [] } };
}

function carryOut(
  state: ElbState,
  listener: Listener,
  { arn, actions, transforms }: AppliedRule,
  request: RequestToRoute,
): RouteDecision {
  const ordered = inOrder(actions);
  const [first] = ordered;
  const last = ordered.at(-1);
  if (first === undefined || last === undefined) throw new RangeError(`rule ${arn} has no action`);
  if (first !== last) return notModelled(arn, `action ${first.Type}`);
  if (transforms.length > 0) return notModelled(arn, `transforms ${JSON.stringify(transforms)}`);
  return decide(state, listener, arn, last, request);
}

function notModelled(ruleArn: string, what: string): RouteDecision {
  return { kind: 'not-modelled', ruleArn, what };
}

function decide(
  state: ElbState,
  listener: Listener,
  ruleArn: string,
  action: Action,
  request: RequestToRoute,
): RouteDecision {
  switch (action.Type) {
    case 'forward':
      return forward(state, listener, pickGroup(state, action.ForwardConfig.TargetGroups));
    case 'fixed-response': {
      const { StatusCode, ContentType = 'text/plain', MessageBody = '' } = action.FixedResponseConfig;
      return { kind: 'fixed-response', statusCode: Number(StatusCode), contentType: ContentType, body: MessageBody };
    }
    case 'redirect':
      return redirect(listener, action.RedirectConfig, request);
    default:
      return notModelled(ruleArn, `action ${action.Type}`);
  }
}

function pickGroup(state: ElbState, groups: readonly WeightedGroup[]): string {
  const total = groups.reduce((sum, { Weight }) => sum + Weight, 0);
  const drawn = groups.length === 1 || total === 0 ? 1 : state.random.integer(1, total);
  let reached = 0;
  for (const { TargetGroupArn, Weight } of groups) {
    reached += Weight;
    if (drawn <= reached) return TargetGroupArn;
  }
  return groups[0]?.TargetGroupArn ?? '';
}

function forward(state: ElbState, listener: Listener, targetGroupArn: string): RouteDecision {
  const group = state.targetGroups.get(targetGroupArn);
  const { targets, failOpen } = group === undefined ? { targets: [], failOpen: false } : choosable(state, group);
  const target = targets[(group?.forwarded ?? 0) % Math.max(1, targets.length)];
  // AWS-038
  if (group === undefined || target === undefined) return { kind: 'no-targets', targetGroupArn };
  group.forwarded++;
  if (group.targetType === 'lambda') {
    const hasMultiValueHeaders = group.attributes.get('lambda.multi_value_headers.enabled') === 'true';
    return { kind: 'invoke', targetGroupArn, functionArn: target.id, hasMultiValueHeaders };
  }
  if (failOpen) state.counts.failOpenRequests++;
  const decision = { kind: 'forward', targetGroupArn, target: { ip: target.id, port: target.port } } as const;
  const reachable = isReachable(state, () => [listener.loadBalancer.arn], target.id, target.port);
  return reachable ? decision : { ...decision, blocked: true };
}

/** The healthy targets. If there are none, all targets that are not draining. AWS-037. */
function choosable(state: ElbState, group: TargetGroup) {
  const known = [...group.targets.values()].map((target) => ({ target, health: healthForRouting(state, target) }));
  const healthy = known.filter(({ health }) => health?.State === 'healthy' || health?.State === 'unavailable');
  if (healthy.length > 0) return { targets: healthy.map(({ target }) => target), failOpen: false };
  const open = known.filter(
    ({ health }) => health?.State === 'unhealthy' || health?.Reason === 'Elb.InitialHealthChecking',
  );
  return { targets: open.map(({ target }) => target), failOpen: open.length > 0 };
}

/** A load balancer applies a deregistration some time after DeregisterTargets has returned. AWS-036. */
function healthForRouting(state: ElbState, target: TargetRecord): TargetHealth | undefined {
  if (target.health.State !== 'draining') return target.pinned ?? target.health;
  return state.clock.now() < target.chosenUntil ? target.healthBeforeDraining : undefined;
}

function redirect(listener: Listener, to: Redirect, request: RequestToRoute): RouteDecision {
  const parts: Readonly<Record<string, string>> = {
    protocol: listener.protocol.toLowerCase(),
    host: request.host.replace(/:\d+$/, ''),
    port: String(listener.port),
    path: request.path.replace(/^\//, ''),
    query: request.query,
  };
  const fill = (template: string): string =>
    template.replaceAll(/#\{(\w+)\}/g, (all, name: string) => parts[name] ?? all);
  const query = fill(to.Query);
  const origin = `${fill(to.Protocol).toLowerCase()}://${fill(to.Host)}:${fill(to.Port)}`;
  return {
    kind: 'redirect',
    statusCode: to.StatusCode === 'HTTP_301' ? 301 : 302,
    location: `${origin}${fill(to.Path)}${query === '' ? '' : `?${query}`}`,
  };
}
