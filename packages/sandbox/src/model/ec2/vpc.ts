import { createHash } from 'node:crypto';
import type { Account } from '../arn.ts';
import { addressesOf, type NetworkInterface, permits, type SecurityGroup } from './security-group.ts';

/** The default VPC. Every VPC ID that CreateVpc has not created refers to it. */
export const defaultVpcId = 'vpc-sandbox';

/** The security group of a network interface by default. */
export const defaultGroupId = 'sg-default';

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  /** The first three numbers of its IPv4 addresses, such as `10.0.1`. Undefined in an IPv6-only subnet. */
  readonly prefix: string | undefined;
  readonly cidrBlock: string | undefined;
  /** The first four groups of its IPv6 addresses, such as `2001:db8:0:1`. Undefined in an IPv4-only subnet. */
  readonly ipv6Prefix?: string;
}

/** The network of the model: subnets with their zones, security groups, network interfaces. */
export interface Vpc {
  readonly account: Account;
  /** All subnets that were created or have been referenced, by ID. */
  readonly subnets: ReadonlyMap<string, Subnet>;
  /** All security groups that were created or have been referenced, by ID. */
  readonly groups: ReadonlyMap<string, SecurityGroup>;
  readonly interfaces: ReadonlyMap<string, NetworkInterface>;
  /** Finds a subnet. A valid ID that is unknown creates it. */
  subnet(id: string): Subnet | undefined;
  /** Finds a security group. A valid ID that is unknown creates one that allows all traffic. */
  group(id: string): SecurityGroup | undefined;
  putSubnet(subnet: Subnet): void;
  putGroup(group: SecurityGroup): void;
  deleteGroup(id: string): void;
  attach(networkInterface: NetworkInterface): void;
  detach(id: string): void;
  interfaceAt(ip: string): NetworkInterface | undefined;
  /** An address at the upper end of a subnet, for a load balancer's interface. Undefined in an IPv6-only subnet. */
  takeUpperAddress(subnet: Subnet): string | undefined;
  /** The subnet of an address, or `undefined` if no known subnet contains it. */
  subnetOf(ip: string): Subnet | undefined;
  /** The VPC with this ID, or the default VPC. */
  vpcOf(id: string): string;
  putVpc(id: string): void;
  /**
   * Whether security groups let TCP from these interfaces reach a port of the address. `sources` is called only if a
   * group blocks traffic, because finding the sources may be slow.
   */
  reaches(sources: () => readonly NetworkInterface[], ip: string, port: number): boolean;
}

export function createVpc(account: Account): Vpc {
  const vpcs = new Set<string>();
  const subnets = new Map<string, Subnet>();
  const groups = new Map<string, SecurityGroup>();
  const deletedGroups = new Set<string>();
  const interfaces = new Map<string, NetworkInterface>();
  const byIp = new Map<string, NetworkInterface>();
  const byPrefix = new Map<string, Subnet>();
  /** Whether a group was created or changed. Groups that were only referenced allow all traffic. */
  let restricted = false;
  const defaultGroup = createDefaultGroup(account);
  groups.set(defaultGroup.id, defaultGroup);

  function putSubnet(subnet: Subnet): void {
    subnets.set(subnet.id, subnet);
    for (const prefix of [subnet.prefix, subnet.ipv6Prefix]) if (prefix !== undefined) byPrefix.set(prefix, subnet);
  }

  function nameSubnet(id: string): Subnet | undefined {
    if (!isNamed(id, 'subnet')) return undefined;
    const prefix = choosePrefix(id, byPrefix);
    const zone = ['a', 'b'][subnets.size % 2];
    const subnet: Subnet = {
      id,
      vpcId: defaultVpcId,
      availabilityZone: `${account.region}${zone}`,
      prefix,
      cidrBlock: `${prefix}.0/24`,
    };
    putSubnet(subnet);
    return subnet;
  }

  function group(id: string): SecurityGroup | undefined {
    const known = groups.get(id);
    if (known !== undefined || deletedGroups.has(id) || !isNamed(id, 'sg')) return known;
    const named = createOpenGroup(account, id);
    groups.set(id, named);
    return named;
  }

  return {
    account,
    subnets,
    groups,
    interfaces,
    subnet: (id) => subnets.get(id) ?? nameSubnet(id),
    group,
    putSubnet,
    putGroup(made) {
      restricted = true;
      groups.set(made.id, made);
    },
    deleteGroup(id) {
      restricted = true;
      groups.delete(id);
      deletedGroups.add(id);
    },
    attach(networkInterface) {
      interfaces.set(networkInterface.id, networkInterface);
      for (const address of addressesOf(networkInterface)) byIp.set(address, networkInterface);
    },
    detach(id) {
      const gone = interfaces.get(id);
      if (gone === undefined) return;
      interfaces.delete(id);
      // Another interface may have the address by now.
      for (const address of addressesOf(gone)) if (byIp.get(address) === gone) byIp.delete(address);
    },
    interfaceAt: (ip) => byIp.get(ip),
    takeUpperAddress({ prefix }) {
      if (prefix === undefined) return undefined;
      for (let host = 254; host > 4; host--) {
        const ip = `${prefix}.${host}`;
        if (!byIp.has(ip)) return ip;
      }
      throw new RangeError(`${prefix}.0/24 has no free address`);
    },
    subnetOf: (ip) =>
      byPrefix.get(ip.includes(':') ? ip.slice(0, ip.lastIndexOf('::')) : ip.slice(0, ip.lastIndexOf('.'))),
    vpcOf: (id) => (vpcs.has(id) ? id : defaultVpcId),
    putVpc: (id) => void vpcs.add(id),
    reaches(sources, ip, port) {
      const target = byIp.get(ip);
      if (target === undefined) return true;
      if (!restricted && !target.groupIds.includes(defaultGroupId)) return true;
      return sources().some((source) => permits(groups, source, target, { ip, port }));
    },
  };
}

/** A valid ID that does not contain `missing`. */
function isNamed(id: string, kind: 'subnet' | 'sg'): boolean {
  return new RegExp(`^${kind}-[a-z0-9-]+$`).test(id) && !id.includes('missing');
}

function choosePrefix(subnet: string, taken: ReadonlyMap<string, unknown>): string {
  for (let attempt = 0; ; attempt++) {
    const digest = createHash('sha256').update(`${subnet}/${attempt}`).digest();
    const prefix = `10.${digest[0]}.${digest[1]}`;
    if (!taken.has(prefix)) return prefix;
  }
}

const everything = { protocol: '-1', fromPort: undefined, toPort: undefined } as const;
const anywhere = { ...everything, cidrs: [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }], groups: [] };

function createOpenGroup({ accountId }: Account, id: string): SecurityGroup {
  return {
    id,
    name: id,
    description: 'created on first reference: allows all traffic',
    vpcId: defaultVpcId,
    ownerId: accountId,
    tags: [],
    ingress: [anywhere],
    egress: [anywhere],
  };
}

/** The default group of a VPC: its members can reach each other and all destinations outside. */
function createDefaultGroup({ accountId }: Account): SecurityGroup {
  return {
    id: defaultGroupId,
    name: 'default',
    description: 'default VPC security group',
    vpcId: defaultVpcId,
    ownerId: accountId,
    tags: [],
    ingress: [{ ...everything, cidrs: [], groups: [{ groupId: defaultGroupId }] }],
    egress: [anywhere],
  };
}
