import { createHash } from 'node:crypto';
import type { Account } from '../arn.ts';
import { addressesOf, type NetworkInterface, permits, type SecurityGroup } from './security-group.ts';

/** The VPC that every id stands for unless it was made with CreateVpc. */
export const VPC_ID = 'vpc-sandbox';

/** The group that a network interface has when nobody names one. */
export const DEFAULT_GROUP_ID = 'sg-default';

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  /** The first three numbers of its IPv4 addresses, such as `10.0.1`. Undefined: the subnet is for IPv6 alone. */
  readonly prefix: string | undefined;
  readonly cidrBlock: string | undefined;
  /** The first four groups of its IPv6 addresses, such as `2001:db8:0:1`. Undefined: the subnet is for IPv4 alone. */
  readonly ipv6Prefix?: string;
}

/** Where packets of the model may go: subnets with their zones, security groups, network interfaces. */
export interface Vpc {
  readonly account: Account;
  /** All that were made with CreateSubnet or named by somebody, by id. */
  readonly subnets: ReadonlyMap<string, Subnet>;
  /** All that were made with CreateSecurityGroup or named by somebody, by id. */
  readonly groups: ReadonlyMap<string, SecurityGroup>;
  readonly interfaces: ReadonlyMap<string, NetworkInterface>;
  /** A subnet that was made, or one that is there because its id is well formed. */
  subnet(id: string): Subnet | undefined;
  /** A group that was made, or one that is there because its id is well formed: it lets everything through. */
  group(id: string): SecurityGroup | undefined;
  putSubnet(subnet: Subnet): void;
  putGroup(group: SecurityGroup): void;
  deleteGroup(id: string): void;
  attach(networkInterface: NetworkInterface): void;
  detach(id: string): void;
  interfaceAt(ip: string): NetworkInterface | undefined;
  /** An address at the upper end of a subnet, for a load balancer's own interface. Undefined in one for IPv6 alone. */
  takeUpperAddress(subnet: Subnet): string | undefined;
  /** The subnet of an address; `undefined` for an address that is in no known subnet. */
  subnetOf(ip: string): Subnet | undefined;
  /** The VPC that an id stands for: one that was made, or else the sandbox's own. */
  vpcOf(id: string): string;
  putVpc(id: string): void;
  /**
   * Whether security groups let TCP from these interfaces reach a port of the address. `sources` is asked only when some
   * group keeps something out: finding them may take time.
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
  /** Whether anybody has made or changed a group; those that are merely named let everything through. */
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
      vpcId: VPC_ID,
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
      // The address may be another interface's by now.
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
    vpcOf: (id) => (vpcs.has(id) ? id : VPC_ID),
    putVpc: (id) => void vpcs.add(id),
    reaches(sources, ip, port) {
      const target = byIp.get(ip);
      if (target === undefined) return true;
      if (!restricted && !target.groupIds.includes(DEFAULT_GROUP_ID)) return true;
      return sources().some((source) => permits(groups, source, target, { ip, port }));
    },
  };
}

/** Well formed, and not one that stands for what is not there. */
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
    description: 'named by somebody, made by nobody: lets everything through',
    vpcId: VPC_ID,
    ownerId: accountId,
    tags: [],
    ingress: [anywhere],
    egress: [anywhere],
  };
}

/** As every VPC has one: its members reach each other, and everybody outside. */
function createDefaultGroup({ accountId }: Account): SecurityGroup {
  return {
    id: DEFAULT_GROUP_ID,
    name: 'default',
    description: 'default VPC security group',
    vpcId: VPC_ID,
    ownerId: accountId,
    tags: [],
    ingress: [{ ...everything, cidrs: [], groups: [{ groupId: DEFAULT_GROUP_ID }] }],
    egress: [anywhere],
  };
}
