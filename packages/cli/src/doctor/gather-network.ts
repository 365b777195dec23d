import type { IpPermission, NetworkInterface, Subnet } from '@aws-sdk/client-ec2';
import { callAws, canonicalAddress } from '@start-engines/aws';
import { type AddressType, typeOfAddress } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';
import type {
  InterfaceEvidence,
  LoadBalancerEvidence,
  PermissionEvidence,
  SecurityGroupEvidence,
  SubnetEvidence,
} from './evidence.ts';
import { collectPages } from './pages.ts';

/** Reads from EC2. Every method rejects with a StartEnginesError with an AWS code. Missing resources are left out. */
export interface NetworkReader {
  interfacesAt(ips: readonly string[]): Promise<readonly InterfaceEvidence[]>;
  /** The addresses of a load balancer's network interfaces. */
  addressesOf(loadBalancer: LoadBalancerEvidence): Promise<readonly string[]>;
  securityGroups(ids: readonly string[]): Promise<readonly SecurityGroupEvidence[]>;
  subnets(ids: readonly string[]): Promise<readonly SubnetEvidence[]>;
}

const addressFilters: Readonly<Record<AddressType, string>> = {
  ipv4: 'addresses.private-ip-address',
  ipv6: 'ipv6-addresses.ipv6-address',
};

/** EC2 accepts two hundred values per filter; a mapping has sixteen subnets and five groups at most. */
const filter = (Name: string, values: readonly string[]) => ({ Filters: [{ Name, Values: [...new Set(values)] }] });

const paging = (token: string | undefined) => (token === undefined ? {} : { NextToken: token });

export async function createNetworkReader(aws: AwsAccess): Promise<NetworkReader> {
  const sdk = await import('../sdk/ec2.ts');
  const client = await aws.ec2();

  async function describeInterfaces(name: string, values: readonly string[]) {
    const operation = { service: 'EC2', operation: 'DescribeNetworkInterfaces' } as const;
    return collectPages(async (token) => {
      const command = new sdk.DescribeNetworkInterfacesCommand({ ...filter(name, values), ...paging(token) });
      const { NetworkInterfaces, NextToken } = await callAws(operation, () => client.send(command));
      return { items: NetworkInterfaces, next: NextToken };
    });
  }

  return {
    async interfacesAt(ips) {
      const byType = Map.groupBy(ips, typeOfAddress);
      const found = await Promise.all(
        [...byType].map(async ([type, addresses]) =>
          (await describeInterfaces(addressFilters[type], addresses)).map((one) => ({ one, addresses })),
        ),
      );
      return found.flat().map(({ one, addresses }) => ({
        id: one.NetworkInterfaceId ?? '',
        ip: addressesOf(one).find((address) => addresses.includes(address)) ?? '',
        status: one.Status ?? '',
        zone: one.AvailabilityZone ?? '',
        subnetId: one.SubnetId ?? '',
        ...(one.VpcId === undefined ? {} : { vpcId: one.VpcId }),
        groupIds: (one.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
      }));
    },
    async addressesOf({ arn }) {
      const found = await describeInterfaces('description', [`ELB ${arn.slice(arn.indexOf('/') + 1)}`]);
      return found.flatMap(addressesOf);
    },
    async securityGroups(ids) {
      if (ids.length === 0) return [];
      const operation = { service: 'EC2', operation: 'DescribeSecurityGroups' } as const;
      const groups = await collectPages(async (token) => {
        const command = new sdk.DescribeSecurityGroupsCommand({ ...filter('group-id', ids), ...paging(token) });
        const { SecurityGroups, NextToken } = await callAws(operation, () => client.send(command));
        return { items: SecurityGroups, next: NextToken };
      });
      return groups.map((group) => ({
        id: group.GroupId ?? '',
        name: group.GroupName ?? '',
        ingress: (group.IpPermissions ?? []).map(toPermission),
        egress: (group.IpPermissionsEgress ?? []).map(toPermission),
      }));
    },
    async subnets(ids) {
      if (ids.length === 0) return [];
      const operation = { service: 'EC2', operation: 'DescribeSubnets' } as const;
      const subnets = await collectPages(async (token) => {
        const command = new sdk.DescribeSubnetsCommand({ ...filter('subnet-id', ids), ...paging(token) });
        const { Subnets, NextToken } = await callAws(operation, () => client.send(command));
        return { items: Subnets, next: NextToken };
      });
      return subnets.map(toSubnet);
    },
  };
}

function addressesOf({ PrivateIpAddress, Ipv6Addresses = [] }: NetworkInterface): readonly string[] {
  const ipv6 = Ipv6Addresses.flatMap(({ Ipv6Address }) =>
    Ipv6Address === undefined ? [] : [canonicalAddress(Ipv6Address)],
  );
  return [...(PrivateIpAddress === undefined ? [] : [PrivateIpAddress]), ...ipv6];
}

function toSubnet(subnet: Subnet): SubnetEvidence {
  const { SubnetId = '', AvailabilityZone = '', VpcId, Ipv6Native, Ipv6CidrBlockAssociationSet = [] } = subnet;
  const isDual = Ipv6CidrBlockAssociationSet.some(
    ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated',
  );
  return {
    id: SubnetId,
    zone: AvailabilityZone,
    ...(VpcId === undefined ? {} : { vpcId: VpcId }),
    addressTypes: Ipv6Native ? ['ipv6'] : isDual ? ['ipv4', 'ipv6'] : ['ipv4'],
  };
}

function toPermission(permission: IpPermission): PermissionEvidence {
  return {
    protocol: permission.IpProtocol ?? '-1',
    fromPort: permission.FromPort,
    toPort: permission.ToPort,
    cidrs: [
      ...(permission.IpRanges ?? []).flatMap(({ CidrIp }) => CidrIp ?? []),
      ...(permission.Ipv6Ranges ?? []).flatMap(({ CidrIpv6 }) => CidrIpv6 ?? []),
    ],
    groupIds: (permission.UserIdGroupPairs ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    prefixLists: (permission.PrefixListIds ?? []).flatMap(({ PrefixListId }) => PrefixListId ?? []),
  };
}
