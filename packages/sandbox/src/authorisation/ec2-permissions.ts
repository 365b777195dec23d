import { makeArn } from '../model/arn.ts';
import { anywhere, type PermissionReader, type PermissionReaders, permission } from './permission.ts';

/** What EC2's operations must be allowed. None of its Describe operations takes a resource. */
export const ec2Permissions: PermissionReaders = {
  CreateVpc: (_input, account) => [permission('ec2:CreateVpc', makeArn(account, 'ec2', 'vpc/*'))],
  CreateSubnet: creating('CreateSubnet', 'subnet'),
  DescribeSubnets: anywhere('ec2:DescribeSubnets'),
  DescribeNetworkInterfaces: anywhere('ec2:DescribeNetworkInterfaces'),
  CreateSecurityGroup: creating('CreateSecurityGroup', 'security-group'),
  DeleteSecurityGroup: onGroup('DeleteSecurityGroup'),
  DescribeSecurityGroups: anywhere('ec2:DescribeSecurityGroups'),
  AuthorizeSecurityGroupIngress: onGroup('AuthorizeSecurityGroupIngress'),
  AuthorizeSecurityGroupEgress: onGroup('AuthorizeSecurityGroupEgress'),
  RevokeSecurityGroupIngress: onGroup('RevokeSecurityGroupIngress'),
  RevokeSecurityGroupEgress: onGroup('RevokeSecurityGroupEgress'),
};

/** The new resource has no id yet; the VPC that it is made in must be allowed too. */
function creating(operation: string, kind: string): PermissionReader {
  return (input, account) => [
    permission(`ec2:${operation}`, makeArn(account, 'ec2', `${kind}/*`)),
    permission(`ec2:${operation}`, makeArn(account, 'ec2', `vpc/${String(input.VpcId)}`)),
  ];
}

function onGroup(operation: string): PermissionReader {
  return (input, account) => [
    permission(`ec2:${operation}`, makeArn(account, 'ec2', `security-group/${String(input.GroupId)}`)),
  ];
}
