import { BlockList, isIPv6 } from 'node:net';
import type { Tag } from './ec2-operation.ts';

/** One permission of a group, in either direction. */
export interface Permission {
  /** `tcp`, `udp`, `icmp` or `-1` for every protocol. */
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly cidrs: readonly { readonly cidr: string; readonly description?: string }[];
  readonly groups: readonly { readonly groupId: string; readonly description?: string }[];
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly ownerId: string;
  readonly tags: readonly Tag[];
  readonly ingress: readonly Permission[];
  readonly egress: readonly Permission[];
}

export interface NetworkInterface {
  readonly id: string;
  readonly description: string;
  readonly requesterId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly ip?: string;
  readonly ipv6?: string;
  readonly macAddress: string;
  groupIds: readonly string[];
}

export function addressesOf({ ip, ipv6 }: NetworkInterface): readonly string[] {
  return [ip, ipv6].filter((address) => address !== undefined);
}

/** Whether TCP from one interface may reach another's address: its groups allow egress, and the other's ingress. */
export function permits(
  groups: ReadonlyMap<string, SecurityGroup>,
  source: NetworkInterface,
  target: NetworkInterface,
  { ip, port }: { readonly ip: string; readonly port: number },
): boolean {
  const permissionsOf = (one: NetworkInterface, direction: 'ingress' | 'egress') =>
    one.groupIds.flatMap((id) => groups.get(id)?.[direction] ?? []);
  const from = addressesOf(source).find((address) => isIPv6(address) === isIPv6(ip));
  return (
    permissionsOf(source, 'egress').some((permission) => covers(permission, target, ip, port)) &&
    permissionsOf(target, 'ingress').some((permission) => covers(permission, source, from, port))
  );
}

function covers(permission: Permission, other: NetworkInterface, ip: string | undefined, port: number): boolean {
  return (
    coversPort(permission, port) &&
    ((ip !== undefined && permission.cidrs.some(({ cidr }) => isInside(ip, cidr))) ||
      permission.groups.some(({ groupId }) => other.groupIds.includes(groupId)))
  );
}

function coversPort({ protocol, fromPort = 0, toPort = 65_535 }: Permission, port: number): boolean {
  if (protocol === '-1') return true;
  return protocol === 'tcp' && port >= fromPort && port <= toPort;
}

/** Whether an address is in a block such as `10.0.0.0/16` or `2001:db8::/32`. */
export function isInside(ip: string, cidr: string): boolean {
  const [base = '', bits = ''] = cidr.split('/');
  if (isIPv6(ip) !== isIPv6(base)) return false;
  const block = new BlockList();
  const family = isIPv6(ip) ? 'ipv6' : 'ipv4';
  block.addSubnet(base, bits === '' ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  return block.check(ip, family);
}
