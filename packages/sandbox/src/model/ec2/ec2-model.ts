import { createHash } from 'node:crypto';
import { AwsError } from '../../aws-error.ts';
import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import { boolean, list, string, structure } from '../shape.ts';
import {
  ec2Operation,
  filtersShape,
  filterValues,
  invalidValue,
  pageOf,
  pagingFields,
  passesFilters,
  required,
  tagSpecificationsShape,
} from './ec2-operation.ts';
import { createGroupOperations } from './group-operations.ts';
import type { NetworkInterface } from './security-group.ts';
import type { Subnet, Vpc } from './vpc.ts';

/** The part of EC2 that tasks and load balancers use: subnets, security groups, network interfaces. */
export function createEc2Operations(vpc: Vpc): Operations {
  let made = 0;
  return {
    ...createGroupOperations(vpc),

    CreateVpc: ec2Operation(structure({ CidrBlock: string }), (input) => {
      const cidrBlock = required(input.CidrBlock, 'cidrBlock');
      made += 1;
      const digest = createHash('sha256').update(`${cidrBlock}/${made}`).digest('hex');
      const vpcId = `vpc-0${digest.slice(0, 16)}`;
      vpc.putVpc(vpcId);
      return { vpc: { vpcId, cidrBlock, state: 'available', ownerId: vpc.account.accountId, isDefault: false } };
    }),

    CreateSubnet: ec2Operation(
      structure({
        VpcId: string,
        CidrBlock: string,
        Ipv6CidrBlock: string,
        Ipv6Native: boolean,
        AvailabilityZone: string,
        TagSpecification: tagSpecificationsShape,
      }),
      (input) => {
        const subnet = createSubnet(vpc, input);
        vpc.putSubnet(subnet);
        return { subnet: showSubnet(vpc, subnet) };
      },
    ),

    DescribeSubnets: ec2Operation(
      structure({ SubnetId: list(string), Filter: filtersShape, ...pagingFields }),
      (input) => {
        for (const id of filterValues(input.Filter ?? [], 'subnet-id')) vpc.subnet(id);
        const asked = input.SubnetId?.map((id) => findSubnet(vpc, id)) ?? [...vpc.subnets.values()];
        const found = asked.filter((subnet) =>
          passesFilters(input.Filter ?? [], {
            'subnet-id': [subnet.id],
            'vpc-id': [subnet.vpcId],
            'availability-zone': [subnet.availabilityZone],
          }),
        );
        const { page, more } = pageOf(found, input);
        return { subnetSet: page.map((subnet) => showSubnet(vpc, subnet)), ...more };
      },
    ),

    DescribeNetworkInterfaces: ec2Operation(
      structure({ NetworkInterfaceId: list(string), Filter: filtersShape, ...pagingFields }),
      (input) => {
        const asked = input.NetworkInterfaceId?.map((id) => findInterface(vpc, id)) ?? [...vpc.interfaces.values()];
        const found = asked.filter((one) =>
          passesFilters(input.Filter ?? [], {
            'network-interface-id': [one.id],
            'addresses.private-ip-address': one.ip === undefined ? [] : [one.ip],
            'private-ip-address': one.ip === undefined ? [] : [one.ip],
            'ipv6-addresses.ipv6-address': one.ipv6 === undefined ? [] : [one.ipv6],
            'group-id': one.groupIds,
            'subnet-id': [one.subnetId],
            'vpc-id': [one.vpcId],
            description: [one.description],
            'requester-id': [one.requesterId],
          }),
        );
        const { page, more } = pageOf(found, input);
        return { networkInterfaceSet: page.map((one) => showInterface(vpc, one)), ...more };
      },
    ),
  };
}

interface SubnetInput {
  readonly VpcId?: string;
  readonly CidrBlock?: string;
  readonly Ipv6CidrBlock?: string;
  readonly Ipv6Native?: boolean;
  readonly AvailabilityZone?: string;
}

function createSubnet(vpc: Vpc, input: SubnetInput): Subnet {
  const { CidrBlock, Ipv6CidrBlock, Ipv6Native = false, AvailabilityZone } = input;
  const vpcId = required(input.VpcId, 'vpcId');
  // An IPv6-only subnet has no IPv4 block.
  const cidrBlock = Ipv6Native ? undefined : required(CidrBlock, 'cidrBlock');
  const ipv6CidrBlock = Ipv6Native ? required(Ipv6CidrBlock, 'ipv6CidrBlock') : Ipv6CidrBlock;
  const prefix = cidrBlock === undefined ? undefined : readPrefix(cidrBlock);
  const ipv6Prefix = ipv6CidrBlock === undefined ? undefined : readIpv6Prefix(ipv6CidrBlock);
  const isTaken = (other: Subnet) =>
    (prefix !== undefined && other.prefix === prefix) || (ipv6Prefix !== undefined && other.ipv6Prefix === ipv6Prefix);
  if ([...vpc.subnets.values()].some(isTaken)) {
    throw new AwsError(
      'InvalidSubnet.Conflict',
      `The CIDR '${cidrBlock ?? ipv6CidrBlock}' conflicts with another subnet`,
    );
  }
  const digest = createHash('sha256')
    .update(`${vpcId}/${cidrBlock ?? ipv6CidrBlock}`)
    .digest('hex');
  const availabilityZone = AvailabilityZone ?? `${vpc.account.region}a`;
  return {
    id: `subnet-0${digest.slice(0, 16)}`,
    vpcId: vpc.vpcOf(vpcId),
    availabilityZone,
    prefix,
    cidrBlock,
    ...(ipv6Prefix === undefined ? {} : { ipv6Prefix }),
  };
}

function readPrefix(cidrBlock: string): string {
  const prefix = /^(\d+\.\d+\.\d+)\.0\/(?:1[6-9]|2[0-4])$/.exec(cidrBlock)?.[1];
  if (prefix === undefined) throw invalidValue(`The sandbox supports only subnets of /16 to /24, not '${cidrBlock}'`);
  return prefix;
}

function readIpv6Prefix(cidrBlock: string): string {
  const prefix = /^([0-9a-f]{1,4}(?::[0-9a-f]{1,4}){3})::\/64$/.exec(cidrBlock)?.[1];
  if (prefix === undefined)
    throw invalidValue(`The sandbox supports only IPv6 subnets such as 2001:db8:0:1::/64, not '${cidrBlock}'`);
  return prefix;
}

function findSubnet(vpc: Vpc, id: string): Subnet {
  const subnet = vpc.subnet(id);
  if (subnet === undefined) throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  return subnet;
}

function findInterface(vpc: Vpc, id: string): NetworkInterface {
  const found = vpc.interfaces.get(id);
  if (found !== undefined) return found;
  throw new AwsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
}

function showSubnet(vpc: Vpc, subnet: Subnet) {
  const used = [...vpc.interfaces.values()].filter(({ subnetId }) => subnetId === subnet.id).length;
  return {
    subnetId: subnet.id,
    subnetArn: makeArn(vpc.account, 'ec2', `subnet/${subnet.id}`),
    state: 'available',
    vpcId: subnet.vpcId,
    ownerId: vpc.account.accountId,
    ...(subnet.cidrBlock === undefined ? {} : { cidrBlock: subnet.cidrBlock }),
    ipv6CidrBlockAssociationSet:
      subnet.ipv6Prefix === undefined
        ? []
        : [{ ipv6CidrBlock: `${subnet.ipv6Prefix}::/64`, ipv6CidrBlockState: { state: 'associated' } }],
    ipv6Native: subnet.cidrBlock === undefined,
    availabilityZone: subnet.availabilityZone,
    availableIpAddressCount: 251 - used,
    defaultForAz: false,
    mapPublicIpOnLaunch: false,
    assignIpv6AddressOnCreation: false,
    tagSet: [],
  };
}

function showInterface(vpc: Vpc, one: NetworkInterface) {
  return {
    networkInterfaceId: one.id,
    description: one.description,
    interfaceType: 'interface',
    status: 'in-use',
    ownerId: vpc.account.accountId,
    requesterId: one.requesterId,
    requesterManaged: true,
    subnetId: one.subnetId,
    vpcId: one.vpcId,
    availabilityZone: one.availabilityZone,
    macAddress: one.macAddress,
    ...(one.ip === undefined
      ? {}
      : { privateIpAddress: one.ip, privateIpAddressesSet: [{ primary: true, privateIpAddress: one.ip }] }),
    ...(one.ipv6 === undefined ? {} : { ipv6AddressesSet: [{ ipv6Address: one.ipv6 }] }),
    groupSet: one.groupIds.map((groupId) => ({ groupId, groupName: vpc.groups.get(groupId)?.name ?? groupId })),
    sourceDestCheck: true,
    tagSet: [],
  };
}
