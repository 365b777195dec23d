import type { IpPermission } from '@aws-sdk/client-ec2';
import { callAws } from '@start-engines/aws';
import type { AwsAccess } from '../aws-access.ts';
import type {
  InterfaceEvidence,
  LoadBalancerEvidence,
  PermissionEvidence,
  SecurityGroupEvidence,
  SubnetEvidence,
} from './evidence.ts';

/** What EC2 knows; every method rejects with a StartEnginesError of an AWS code. What does not exist is left out. */
export interface NetworkReader {
  interfacesAt(ips: readonly string[]): Promise<readonly InterfaceEvidence[]>;
  /** Addresses of a load balancer's own interfaces. */
  addressesOf(loadBalancer: LoadBalancerEvidence): Promise<readonly string[]>;
  securityGroups(ids: readonly string[]): Promise<readonly SecurityGroupEvidence[]>;
  subnets(ids: readonly string[]): Promise<readonly SubnetEvidence[]>;
}

/** EC2 takes two hundred values a filter; a mapping has sixteen subnets and five groups at most. */
const filter = (Name: string, values: readonly string[]) => ({ Filters: [{ Name, Values: [...new Set(values)] }] });

export async function createNetworkReader(aws: AwsAccess): Promise<NetworkReader> {
  const sdk = await import('../sdk/ec2.ts');
  const client = await aws.ec2();

  async function describeInterfaces(name: string, values: readonly string[]) {
    const operation = { service: 'EC2', operation: 'DescribeNetworkInterfaces' } as const;
    const command = new sdk.DescribeNetworkInterfacesCommand(filter(name, values));
    return (await callAws(operation, () => client.send(command))).NetworkInterfaces ?? [];
  }

  return {
    async interfacesAt(ips) {
      if (ips.length === 0) return [];
      const found = await describeInterfaces('addresses.private-ip-address', ips);
      return found.map((one) => ({
        id: one.NetworkInterfaceId ?? '',
        ip: one.PrivateIpAddress ?? '',
        status: one.Status ?? '',
        zone: one.AvailabilityZone ?? '',
        subnetId: one.SubnetId ?? '',
        groupIds: (one.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
      }));
    },
    async addressesOf({ arn }) {
      const found = await describeInterfaces('description', [`ELB ${arn.slice(arn.indexOf('/') + 1)}`]);
      return found.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []);
    },
    async securityGroups(ids) {
      if (ids.length === 0) return [];
      const operation = { service: 'EC2', operation: 'DescribeSecurityGroups' } as const;
      const command = new sdk.DescribeSecurityGroupsCommand(filter('group-id', ids));
      const { SecurityGroups = [] } = await callAws(operation, () => client.send(command));
      return SecurityGroups.map((group) => ({
        id: group.GroupId ?? '',
        name: group.GroupName ?? '',
        ingress: (group.IpPermissions ?? []).map(toPermission),
        egress: (group.IpPermissionsEgress ?? []).map(toPermission),
      }));
    },
    async subnets(ids) {
      if (ids.length === 0) return [];
      const operation = { service: 'EC2', operation: 'DescribeSubnets' } as const;
      const command = new sdk.DescribeSubnetsCommand(filter('subnet-id', ids));
      const { Subnets = [] } = await callAws(operation, () => client.send(command));
      return Subnets.map(({ SubnetId = '', AvailabilityZone = '' }) => ({ id: SubnetId, zone: AvailabilityZone }));
    },
  };
}

function toPermission(permission: IpPermission): PermissionEvidence {
  return {
    protocol: permission.IpProtocol ?? '-1',
    fromPort: permission.FromPort,
    toPort: permission.ToPort,
    cidrs: (permission.IpRanges ?? []).flatMap(({ CidrIp }) => CidrIp ?? []),
    groupIds: (permission.UserIdGroupPairs ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    prefixLists: (permission.PrefixListIds ?? []).flatMap(({ PrefixListId }) => PrefixListId ?? []),
  };
}
