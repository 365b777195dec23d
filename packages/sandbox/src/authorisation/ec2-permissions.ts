import { makeArn } from '../model/arn.ts';
import { anywhere, type PermissionReader, type PermissionReaders, permission } from './permission.ts';

/** Permissions of EC2's operations. Its Describe operations support no resource. */
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

/** The new resource has no ID yet. The VPC must be permitted too. */
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
