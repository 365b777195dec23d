import { AwsError } from '../../aws-error.ts';
import { anything, integer, list, openStructure, type Shaped, string, structure } from '../shape.ts';
import type { Action, Redirect } from './action.ts';
import { validationError } from './elb-operation.ts';
import { type ElbState, findTargetGroup, type LoadBalancer } from './elb-state.ts';
import { loadBalancersUsing } from './group-use.ts';

export const actionsShape = list(
  openStructure({
    Type: string,
    Order: integer,
    TargetGroupArn: string,
    ForwardConfig: structure({
      TargetGroups: list(structure({ TargetGroupArn: string, Weight: integer })),
      TargetGroupStickinessConfig: anything,
    }),
    FixedResponseConfig: structure({ MessageBody: string, StatusCode: string, ContentType: string }),
    RedirectConfig: structure({
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

/** @throws `AwsError` for actions that a load balancer does not take, or the sandbox does not model */
export function readActions(
  state: ElbState,
  loadBalancer: LoadBalancer,
  input: Shaped<typeof actionsShape>,
): readonly Action[] {
  if (input.length !== 1) {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      'The sandbox models one action a rule: forward, redirect or fixed-response',
    );
  }
  return input.map((action) => {
    const order = action.Order === undefined ? {} : { Order: action.Order };
    switch (action.Type) {
      case 'forward':
        return { Type: 'forward' as const, ...readForward(state, loadBalancer, action), ...order };
      case 'fixed-response':
        return { Type: 'fixed-response' as const, FixedResponseConfig: readFixedResponse(action), ...order };
      case 'redirect':
        return { Type: 'redirect' as const, RedirectConfig: readRedirect(action), ...order };
      default:
        throw new AwsError('InvalidLoadBalancerAction', `The sandbox does not model the action type '${action.Type}'`);
    }
  });
}

function readForward(state: ElbState, loadBalancer: LoadBalancer, action: ActionInput) {
  const alone = action.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }];
  const tuples = action.ForwardConfig?.TargetGroups ?? alone;
  const groups = tuples.map(({ TargetGroupArn = '', Weight = 1 }) => ({ TargetGroupArn, Weight }));
  if (groups.length === 0) throw validationError("A target group ARN must be specified for actions of type 'forward'");
  if (groups.length > 5) throw new AwsError('TooManyTargetGroups', 'A forward action can have at most 5 target groups');
  for (const { TargetGroupArn } of groups) {
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
  return {
    ...(groups.length === 1 && groups[0] !== undefined ? { TargetGroupArn: groups[0].TargetGroupArn } : {}),
    ForwardConfig: { TargetGroups: groups, TargetGroupStickinessConfig: stickiness },
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
