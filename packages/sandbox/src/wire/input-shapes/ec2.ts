import type { InputShapes } from '../shape.ts';

const paging = { NextToken: 'string', MaxResults: 'integer', DryRun: 'boolean' } as const;
const filters = [{ Name: 'string', Value: ['string'] }] as const;
const tags = [{ ResourceType: 'string', Tag: [{ Key: 'string', Value: 'string' }] }] as const;

const change = {
  GroupId: 'string',
  IpPermissions: [
    {
      IpProtocol: 'string',
      FromPort: 'integer',
      ToPort: 'integer',
      IpRanges: [{ CidrIp: 'string', Description: 'string' }],
      Ipv6Ranges: [{ CidrIpv6: 'string', Description: 'string' }],
      Groups: [{ GroupId: 'string', UserId: 'string', Description: 'string' }],
    },
  ],
  IpProtocol: 'string',
  FromPort: 'integer',
  ToPort: 'integer',
  CidrIp: 'string',
} as const;

/** Inputs of EC2's operations, with the names of its query parameters. */
export const ec2InputShapes: InputShapes = {
  CreateVpc: { CidrBlock: 'string' },
  CreateSubnet: {
    VpcId: 'string',
    CidrBlock: 'string',
    Ipv6CidrBlock: 'string',
    Ipv6Native: 'boolean',
    AvailabilityZone: 'string',
    TagSpecification: tags,
  },
  DescribeSubnets: { SubnetId: ['string'], Filter: filters, ...paging },
  CreateSecurityGroup: {
    GroupName: 'string',
    GroupDescription: 'string',
    VpcId: 'string',
    TagSpecification: tags,
  },
  DeleteSecurityGroup: { GroupId: 'string' },
  DescribeSecurityGroups: { GroupId: ['string'], GroupName: ['string'], Filter: filters, ...paging },
  AuthorizeSecurityGroupIngress: change,
  AuthorizeSecurityGroupEgress: change,
  RevokeSecurityGroupIngress: change,
  RevokeSecurityGroupEgress: change,
  DescribeNetworkInterfaces: { NetworkInterfaceId: ['string'], Filter: filters, ...paging },
};
