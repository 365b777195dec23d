import { makeArn } from '../model/arn.ts';
import {
  anywhere,
  listOf,
  type PermissionReader,
  type PermissionReaders,
  permission,
  tagContext,
} from './permission.ts';

/** Permissions of Elastic Load Balancing's operations. Its Describe operations support no resource. AWS-063. */
export const elbPermissions: PermissionReaders = {
  CreateLoadBalancer: creating('CreateLoadBalancer', (name) => `loadbalancer/app/${name}/*`),
  DescribeLoadBalancers: anywhere('elasticloadbalancing:DescribeLoadBalancers'),
  DeleteLoadBalancer: on('DeleteLoadBalancer', 'LoadBalancerArn'),
  CreateListener: on('CreateListener', 'LoadBalancerArn'),
  DescribeListeners: anywhere('elasticloadbalancing:DescribeListeners'),
  DeleteListener: on('DeleteListener', 'ListenerArn'),
  CreateRule: on('CreateRule', 'ListenerArn'),
  DescribeRules: anywhere('elasticloadbalancing:DescribeRules'),
  // AWS-064
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

/** A new resource has no ID yet, so it is authorised with `*` instead. */
function creating(operation: string, resourceOf: (name: string) => string): PermissionReader {
  return (input, account) => {
    const arn = makeArn(account, 'elasticloadbalancing', resourceOf(String(input.Name)));
    return [permission(`elasticloadbalancing:${operation}`, arn, tagContext(input.Tags, 'Key', 'Value'))];
  };
}
