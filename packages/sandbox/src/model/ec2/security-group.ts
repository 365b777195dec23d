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
  readonly ip: string;
  readonly macAddress: string;
  groupIds: readonly string[];
}

/** Whether TCP from one interface may reach a port of another: its groups let it out, the other's let it in. */
export function permits(
  groups: ReadonlyMap<string, SecurityGroup>,
  source: NetworkInterface,
  target: NetworkInterface,
  port: number,
): boolean {
  const permissionsOf = (one: NetworkInterface, direction: 'ingress' | 'egress') =>
    one.groupIds.flatMap((id) => groups.get(id)?.[direction] ?? []);
  return (
    permissionsOf(source, 'egress').some((permission) => covers(permission, target, port)) &&
    permissionsOf(target, 'ingress').some((permission) => covers(permission, source, port))
  );
}

function covers(permission: Permission, other: NetworkInterface, port: number): boolean {
  return (
    coversPort(permission, port) &&
    (permission.cidrs.some(({ cidr }) => isInside(other.ip, cidr)) ||
      permission.groups.some(({ groupId }) => other.groupIds.includes(groupId)))
  );
}

function coversPort({ protocol, fromPort = 0, toPort = 65_535 }: Permission, port: number): boolean {
  if (protocol === '-1') return true;
  return protocol === 'tcp' && port >= fromPort && port <= toPort;
}

/** Whether an IPv4 address is in a block such as `10.0.0.0/16`. */
export function isInside(ip: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  const shift = 2 ** (32 - Number(bits));
  return Math.floor(toNumber(ip) / shift) === Math.floor(toNumber(base) / shift);
}

function toNumber(ip: string): number {
  return ip.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}
