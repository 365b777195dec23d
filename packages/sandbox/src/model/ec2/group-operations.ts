import { createHash } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import { AwsError } from '../../aws-error.ts';
import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import { integer, list, type Shaped, string, structure } from '../shape.ts';
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
  tagsOf,
} from './ec2-operation.ts';
import type { Permission, SecurityGroup } from './security-group.ts';
import { defaultVpcId, type Vpc } from './vpc.ts';

const permissionsShape = list(
  structure({
    IpProtocol: string,
    FromPort: integer,
    ToPort: integer,
    IpRanges: list(structure({ CidrIp: string, Description: string })),
    Ipv6Ranges: list(structure({ CidrIpv6: string, Description: string })),
    Groups: list(structure({ GroupId: string, Description: string })),
  }),
);
type PermissionInput = Shaped<typeof permissionsShape>[number];
const changeShape = structure({
  GroupId: string,
  IpPermissions: permissionsShape,
  IpProtocol: string,
  FromPort: integer,
  ToPort: integer,
  CidrIp: string,
});
type Change = Shaped<typeof changeShape>;
type Direction = 'ingress' | 'egress';

export function createGroupOperations(vpc: Vpc): Operations {
  return {
    CreateSecurityGroup: ec2Operation(
      structure({
        GroupName: string,
        GroupDescription: string,
        VpcId: string,
        TagSpecification: tagSpecificationsShape,
      }),
      (input) => {
        const group = createGroup(vpc, input);
        vpc.putGroup(group);
        return { groupId: group.id, tagSet: group.tags, securityGroupArn: arnOf(vpc, group) };
      },
    ),

    DeleteSecurityGroup: ec2Operation(structure({ GroupId: string }), (input) => {
      const group = find(vpc, required(input.GroupId, 'GroupId'));
      const used = [...vpc.interfaces.values()].some(({ groupIds }) => groupIds.includes(group.id));
      if (used) throw new AwsError('DependencyViolation', `resource ${group.id} has a dependent object`);
      vpc.deleteGroup(group.id);
      return { return: true, groupId: group.id };
    }),

    DescribeSecurityGroups: ec2Operation(
      structure({ GroupId: list(string), GroupName: list(string), Filter: filtersShape, ...pagingFields }),
      (input) => {
        for (const id of filterValues(input.Filter ?? [], 'group-id')) vpc.group(id);
        const asked = input.GroupId?.map((id) => find(vpc, id));
        const named = (asked ?? [...vpc.groups.values()]).filter(({ name }) => input.GroupName?.includes(name) ?? true);
        const found = named.filter((group) =>
          passesFilters(
            input.Filter ?? [],
            { 'group-id': [group.id], 'group-name': [group.name], 'vpc-id': [group.vpcId] },
            group.tags,
          ),
        );
        const { page, more } = pageOf(found, input);
        return { securityGroupInfo: page.map((group) => show(vpc, group)), ...more };
      },
    ),

    AuthorizeSecurityGroupIngress: ec2Operation(changeShape, (input) => authorize(vpc, 'ingress', input)),
    AuthorizeSecurityGroupEgress: ec2Operation(changeShape, (input) => authorize(vpc, 'egress', input)),
    RevokeSecurityGroupIngress: ec2Operation(changeShape, (input) => revoke(vpc, 'ingress', input)),
    RevokeSecurityGroupEgress: ec2Operation(changeShape, (input) => revoke(vpc, 'egress', input)),
  };
}

interface GroupInput {
  readonly GroupName?: string;
  readonly GroupDescription?: string;
  readonly VpcId?: string;
  readonly TagSpecification?: Shaped<typeof tagSpecificationsShape>;
}

/** A new group allows no inbound and all outbound traffic. */
function createGroup(vpc: Vpc, { GroupName, GroupDescription, VpcId = defaultVpcId, TagSpecification }: GroupInput) {
  const name = required(GroupName, 'groupName');
  if (/^sg-/.test(name)) throw invalidValue(`Invalid group name '${name}': it may not begin with sg-`);
  if ([...vpc.groups.values()].some((group) => group.name === name && group.vpcId === VpcId)) {
    throw new AwsError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${VpcId}'`);
  }
  const group: SecurityGroup = {
    id: `sg-0${createHash('sha256').update(`${VpcId}/${name}`).digest('hex').slice(0, 16)}`,
    name,
    description: required(GroupDescription, 'GroupDescription'),
    vpcId: VpcId,
    ownerId: vpc.account.accountId,
    tags: tagsOf(TagSpecification ?? []),
    ingress: [],
    egress: [{ protocol: '-1', fromPort: undefined, toPort: undefined, cidrs: [{ cidr: '0.0.0.0/0' }], groups: [] }],
  };
  return group;
}

function find(vpc: Vpc, id: string): SecurityGroup {
  if (!/^sg-/.test(id)) throw new AwsError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);
  const group = vpc.group(id);
  if (group === undefined) throw new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
  return group;
}

function authorize(vpc: Vpc, direction: Direction, input: Change) {
  const group = find(vpc, required(input.GroupId, 'groupId'));
  const added = readPermissions(vpc, input).flatMap(split);
  const present = group[direction].flatMap(split).map(identify);
  for (const permission of added) {
    if (present.includes(identify(permission))) {
      throw new AwsError('InvalidPermission.Duplicate', 'the specified rule already exists');
    }
  }
  vpc.putGroup({ ...group, [direction]: [...group[direction], ...added] });
  return { return: true, securityGroupRuleSet: added.map((permission) => showRule(vpc, group, direction, permission)) };
}

function revoke(vpc: Vpc, direction: Direction, input: Change) {
  const group = find(vpc, required(input.GroupId, 'groupId'));
  const removed = readPermissions(vpc, input).flatMap(split).map(identify);
  const present = group[direction].flatMap(split);
  for (const identity of removed) {
    if (present.map(identify).includes(identity)) continue;
    throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  }
  vpc.putGroup({ ...group, [direction]: present.filter((permission) => !removed.includes(identify(permission))) });
  return { return: true };
}

/** The permissions of a request. A single one has a short form. */
function readPermissions(vpc: Vpc, input: Change): readonly Permission[] {
  const { IpPermissions, IpProtocol, CidrIp, FromPort, ToPort } = input;
  const short = { IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] } as PermissionInput;
  const given: readonly PermissionInput[] = IpPermissions ?? (IpProtocol === undefined ? [] : [short]);
  if (given.length === 0) throw new AwsError('MissingParameter', 'Either IpPermissions or IpProtocol must be given');
  return given.map((one) => ({
    protocol: readProtocol(required(one.IpProtocol, 'ipPermissions.ipProtocol')),
    fromPort: one.FromPort,
    toPort: one.ToPort,
    cidrs: [
      ...(one.IpRanges ?? []).map(({ CidrIp, Description }) => [required(CidrIp, 'cidrIp'), Description] as const),
      ...(one.Ipv6Ranges ?? []).map(
        ({ CidrIpv6, Description }) => [required(CidrIpv6, 'cidrIpv6'), Description] as const,
      ),
    ].map(([cidr, description]) => ({
      cidr: readCidr(cidr),
      ...(description === undefined ? {} : { description }),
    })),
    groups: (one.Groups ?? []).map(({ GroupId, Description }) => ({
      groupId: find(vpc, required(GroupId, 'groups.groupId')).id,
      ...(Description === undefined ? {} : { description: Description }),
    })),
  }));
}

function readProtocol(text: string): string {
  return { '6': 'tcp', '17': 'udp', '1': 'icmp', all: '-1' }[text.toLowerCase()] ?? text.toLowerCase();
}

function readCidr(text: string): string {
  const [address = '', bits = ''] = text.split('/');
  if (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv6(address) ? 128 : 32) && isIP(address) > 0) return text;
  throw invalidValue(`CIDR block ${text} is malformed`);
}

/** EC2 stores one rule for each source. */
function split(permission: Permission): Permission[] {
  return [
    ...permission.cidrs.map((cidr) => ({ ...permission, cidrs: [cidr], groups: [] })),
    ...permission.groups.map((group) => ({ ...permission, cidrs: [], groups: [group] })),
  ];
}

function identify({ protocol, fromPort, toPort, cidrs, groups }: Permission): string {
  const ports = protocol === '-1' ? '' : `${fromPort}-${toPort}`;
  return [protocol, ports, ...cidrs.map(({ cidr }) => cidr), ...groups.map(({ groupId }) => groupId)].join(' ');
}

function arnOf(vpc: Vpc, { id }: SecurityGroup): string {
  return makeArn(vpc.account, 'ec2', `security-group/${id}`);
}

function show(vpc: Vpc, group: SecurityGroup) {
  return {
    groupId: group.id,
    groupName: group.name,
    groupDescription: group.description,
    ownerId: group.ownerId,
    vpcId: group.vpcId,
    securityGroupArn: arnOf(vpc, group),
    ipPermissions: showPermissions(group, group.ingress),
    ipPermissionsEgress: showPermissions(group, group.egress),
    tagSet: group.tags,
  };
}

/** Rules with the same protocol and ports are returned as one permission. */
function showPermissions(group: SecurityGroup, permissions: readonly Permission[]) {
  const byPorts = Map.groupBy(permissions, ({ protocol, fromPort, toPort }) => `${protocol} ${fromPort} ${toPort}`);
  return [...byPorts.values()].map((same) => ({
    ipProtocol: same[0]?.protocol,
    ...portsOf(same[0]),
    groups: same.flatMap(({ groups }) =>
      groups.map(({ groupId, description }) => ({ userId: group.ownerId, groupId, description })),
    ),
    ipRanges: cidrsOf(same, false).map(({ cidr, description }) => ({ cidrIp: cidr, description })),
    ipv6Ranges: cidrsOf(same, true).map(({ cidr, description }) => ({ cidrIpv6: cidr, description })),
    prefixListIds: [],
  }));
}

function cidrsOf(permissions: readonly Permission[], ipv6: boolean) {
  return permissions.flatMap(({ cidrs }) => cidrs).filter(({ cidr }) => cidr.includes(':') === ipv6);
}

function portsOf(permission: Permission | undefined) {
  if (permission === undefined || permission.protocol === '-1') return {};
  return { fromPort: permission.fromPort, toPort: permission.toPort };
}

function showRule(vpc: Vpc, group: SecurityGroup, direction: Direction, permission: Permission) {
  const digest = createHash('sha256')
    .update(`${group.id} ${direction} ${identify(permission)}`)
    .digest('hex');
  const [source] = permission.groups;
  return {
    securityGroupRuleId: `sgr-0${digest.slice(0, 16)}`,
    groupId: group.id,
    groupOwnerId: group.ownerId,
    isEgress: direction === 'egress',
    ipProtocol: permission.protocol,
    fromPort: permission.fromPort ?? -1,
    toPort: permission.toPort ?? -1,
    [permission.cidrs[0]?.cidr.includes(':') ? 'cidrIpv6' : 'cidrIpv4']: permission.cidrs[0]?.cidr,
    description: source?.description ?? permission.cidrs[0]?.description,
    ...(source === undefined
      ? {}
      : { referencedGroupInfo: { groupId: source.groupId, userId: vpc.account.accountId } }),
  };
}
