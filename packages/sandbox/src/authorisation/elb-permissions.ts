import { makeArn } from '../model/arn.ts';
import {
  anywhere,
  listOf,
  type PermissionReader,
  type PermissionReaders,
  permission,
  tagContext,
} from './permission.ts';

/** What Elastic Load Balancing's operations must be allowed. None of its Describe operations takes a resource. */
export const elbPermissions: PermissionReaders = {
  CreateLoadBalancer: creating('CreateLoadBalancer', (name) => `loadbalancer/app/${name}/*`),
  DescribeLoadBalancers: anywhere('elasticloadbalancing:DescribeLoadBalancers'),
  DeleteLoadBalancer: on('DeleteLoadBalancer', 'LoadBalancerArn'),
  CreateListener: on('CreateListener', 'LoadBalancerArn'),
  DescribeListeners: anywhere('elasticloadbalancing:DescribeListeners'),
  DeleteListener: on('DeleteListener', 'ListenerArn'),
  CreateRule: on('CreateRule', 'ListenerArn'),
  DescribeRules: anywhere('elasticloadbalancing:DescribeRules'),
  ModifyRule: on('ModifyRule', 'RuleArn'),
  SetRulePriorities: (input) =>
    listOf(input.RulePriorities).map((one) =>
      permission('elasticloadbalancing:SetRulePriorities', String((one as Readonly<Record<string, unknown>>).RuleArn)),
    ),
  SetSubnets: on('SetSubnets', 'LoadBalancerArn'),
  SetSecurityGroups: on('SetSecurityGroups', 'LoadBalancerArn'),
  DeleteRule: on('DeleteRule', 'RuleArn'),
  CreateTargetGroup: creating('CreateTargetGroup', (name) => `targetgroup/${name}/*`),
  DescribeTargetGroups: anywhere('elasticloadbalancing:DescribeTargetGroups'),
  ModifyTargetGroup: on('ModifyTargetGroup', 'TargetGroupArn'),
  DeleteTargetGroup: on('DeleteTargetGroup', 'TargetGroupArn'),
  ModifyTargetGroupAttributes: on('ModifyTargetGroupAttributes', 'TargetGroupArn'),
  DescribeTargetGroupAttributes: anywhere('elasticloadbalancing:DescribeTargetGroupAttributes'),
  RegisterTargets: on('RegisterTargets', 'TargetGroupArn'),
  DeregisterTargets: on('DeregisterTargets', 'TargetGroupArn'),
  DescribeTargetHealth: anywhere('elasticloadbalancing:DescribeTargetHealth'),
};

function on(operation: string, member: string): PermissionReader {
  return (input) => [
    permission(`elasticloadbalancing:${operation}`, String(input[member]), tagContext(input.Tags, 'Key', 'Value')),
  ];
}

/** What is not there yet has no id: it is authorised with an asterisk in its place. */
function creating(operation: string, resourceOf: (name: string) => string): PermissionReader {
  return (input, account) => {
    const arn = makeArn(account, 'elasticloadbalancing', resourceOf(String(input.Name)));
    return [permission(`elasticloadbalancing:${operation}`, arn, tagContext(input.Tags, 'Key', 'Value'))];
  };
}
