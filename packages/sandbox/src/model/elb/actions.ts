import { AwsError } from '../../aws-error.ts';
import { boolean, integer, list, openStructure, type Shaped, string } from '../shape.ts';
import { type Action, inOrder, type Redirect } from './action.ts';
import { checkRange, required, validationError } from './elb-operation.ts';
import { type ElbState, findTargetGroup, type LoadBalancer } from './elb-state.ts';
import { loadBalancersUsing } from './group-use.ts';

export const actionsShape = list(
  openStructure({
    Type: string,
    Order: integer,
    TargetGroupArn: string,
    ForwardConfig: openStructure({
      TargetGroups: list(openStructure({ TargetGroupArn: string, Weight: integer })),
      TargetGroupStickinessConfig: openStructure({ Enabled: boolean, DurationSeconds: integer }),
    }),
    FixedResponseConfig: openStructure({ MessageBody: string, StatusCode: string, ContentType: string }),
    RedirectConfig: openStructure({
      Protocol: string,
      Port: string,
      Host: string,
      Path: string,
      Query: string,
      StatusCode: string,
    }),
  }),
);

type ActionInput = Shaped<typeof actionsShape>[number];

/** Unknown members are kept unchanged. @throws `AwsError` for an invalid action */
export function readActions(
  state: ElbState,
  loadBalancer: LoadBalancer,
  input: Shaped<typeof actionsShape>,
): readonly Action[] {
  const actions = input.map((action) => readAction(state, loadBalancer, action));
  checkOrder(actions);
  return actions;
}

function readAction(state: ElbState, loadBalancer: LoadBalancer, action: ActionInput): Action {
  const { Type } = action;
  switch (Type) {
    case 'forward':
      return { ...action, Type, ...readForward(state, loadBalancer, action) };
    case 'fixed-response':
      return { ...action, Type, FixedResponseConfig: readFixedResponse(action) };
    case 'redirect':
      return { ...action, Type, RedirectConfig: readRedirect(action) };
    case 'authenticate-oidc':
    case 'authenticate-cognito':
    case 'jwt-validation':
      return { ...action, Type };
    default:
      throw new AwsError('InvalidLoadBalancerAction', `The action type '${Type}' is not valid`);
  }
}

const endings: ReadonlySet<string> = new Set<Action['Type']>(['forward', 'fixed-response', 'redirect']);

function checkOrder(actions: readonly Action[]): void {
  const orders = new Set(actions.map(({ Order }) => Order));
  if (actions.length > 1 && (orders.size < actions.length || orders.has(undefined))) {
    throw new AwsError('InvalidLoadBalancerAction', 'Each of several actions must have an order of its own');
  }
  const [last, ...others] = inOrder(actions).toReversed();
  if (last !== undefined && endings.has(last.Type) && !others.some(({ Type }) => endings.has(Type))) return;
  throw new AwsError(
    'InvalidLoadBalancerAction',
    'The last action must be the only one of the types forward, fixed-response and redirect',
  );
}

function readForward(state: ElbState, loadBalancer: LoadBalancer, action: ActionInput) {
  const alone = action.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }];
  const tuples = action.ForwardConfig?.TargetGroups ?? alone;
  const groups = tuples.map((group) => ({
    ...group,
    TargetGroupArn: group.TargetGroupArn ?? '',
    Weight: group.Weight ?? 1,
  }));
  if (groups.length === 0) throw validationError("A target group ARN must be specified for actions of type 'forward'");
  // AWS-043
  if (groups.length > 5) throw new AwsError('TooManyTargetGroups', 'A forward action can have at most 5 target groups');
  for (const { TargetGroupArn, Weight } of groups) {
    checkRange(Weight, 'weight', 0, 999);
    const { arn, ipAddressType } = findTargetGroup(state, TargetGroupArn);
    if (ipAddressType === 'ipv6' && loadBalancer.ipAddressType === 'ipv4') {
      throw new AwsError(
        'InvalidConfigurationRequest',
        "You cannot associate an IPv6 target group with a load balancer that has an 'ipv4' IP address type",
      );
    }
    if (loadBalancersUsing(state, arn).some((other) => other !== loadBalancer.arn)) {
      throw new AwsError(
        'TargetGroupAssociationLimit',
        `The following target groups cannot be associated with more than one load balancer: ${arn}`,
      );
    }
  }
  const stickiness = action.ForwardConfig?.TargetGroupStickinessConfig ?? { Enabled: false };
  if (stickiness.Enabled === true) required(stickiness.DurationSeconds, 'DurationSeconds');
  checkRange(stickiness.DurationSeconds, 'durationSeconds', 1, 604_800);
  return {
    ...(groups.length === 1 && groups[0] !== undefined ? { TargetGroupArn: groups[0].TargetGroupArn } : {}),
    ForwardConfig: { ...action.ForwardConfig, TargetGroups: groups, TargetGroupStickinessConfig: stickiness },
  };
}

function readFixedResponse({ FixedResponseConfig: config }: ActionInput) {
  const { StatusCode = '', ...others } = config ?? {};
  if (!/^[245]\d\d$/.test(StatusCode))
    throw validationError(`'${StatusCode}' is not a valid status code for a fixed response`);
  return { StatusCode, ...others };
}

function readRedirect({ RedirectConfig: config }: ActionInput): Redirect {
  const { StatusCode } = config ?? {};
  if (StatusCode !== 'HTTP_301' && StatusCode !== 'HTTP_302') {
    throw validationError('A redirect action must have the status code HTTP_301 or HTTP_302');
  }
  const defaults = { Protocol: '#{protocol}', Port: '#{port}', Host: '#{host}', Path: '/#{path}', Query: '#{query}' };
  const redirect: Redirect = { ...defaults, ...config, StatusCode };
  if (redirect.Path === defaults.Path && redirect.Host === defaults.Host && redirect.Port === defaults.Port) {
    if (redirect.Protocol === defaults.Protocol && redirect.Query === defaults.Query) {
      throw new AwsError(
        'InvalidLoadBalancerAction',
        'The redirect configuration is not valid because it creates a loop.',
      );
    }
  }
  return redirect;
}
