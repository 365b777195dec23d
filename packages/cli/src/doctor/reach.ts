import { BlockList } from 'node:net';
import { type AddressType, typeOfAddress } from '@start-engines/core';
import type { InterfaceEvidence, LoadBalancerEvidence, PermissionEvidence, SecurityGroupEvidence } from './evidence.ts';

/** What blocks a load balancer from a port of a task. */
export type Obstacle = 'egress' | 'ingress';

/** Why that is unknown. */
export interface Unclear {
  readonly unclear: string;
}

type Groups = readonly SecurityGroupEvidence[];

/** One side of a connection: its security groups, and its known addresses. */
interface Side {
  readonly groups: Groups;
  readonly ips: readonly string[];
}

/**
 * What blocks a load balancer from a port of a task; undefined if nothing does.
 *
 * @param target the task's security groups, and its address if it has one
 */
export function findObstacle(
  source: LoadBalancerEvidence,
  target: { readonly groupIds: readonly string[]; readonly ip?: InterfaceEvidence['ip'] },
  port: number,
  groups: Groups,
): Obstacle | Unclear | undefined {
  const { name, securityGroups } = source;
  if (securityGroups.length === 0) return { unclear: `${name} has no security group` };
  const lost = [...securityGroups, ...target.groupIds].find((id) => !groups.some((group) => group.id === id));
  if (lost !== undefined) return { unclear: `the security group ${lost} was not found` };
  const select = (ids: readonly string[]) => groups.filter(({ id }) => ids.includes(id));
  // Both ends of a connection have the same address type.
  const isAlike = (ip: string) => target.ip === undefined || typeOfAddress(ip) === typeOfAddress(target.ip);
  const from: Side = { groups: select(source.securityGroups), ips: source.ips.filter(isAlike) };
  const to: Side = { groups: select(target.groupIds), ips: target.ip === undefined ? [] : [target.ip] };
  const type = target.ip === undefined ? undefined : typeOfAddress(target.ip);
  const out = permits(
    from.groups.flatMap(({ egress }) => egress),
    { ...to, type },
    port,
  );
  const into = permits(
    to.groups.flatMap(({ ingress }) => ingress),
    { ...from, type },
    port,
  );
  if (out === false) return 'egress';
  if (into === false) return 'ingress';
  return [out, into].find((answer) => answer !== true);
}

const everywhere: Readonly<Record<AddressType, string>> = { ipv4: '0.0.0.0/0', ipv6: '::/0' };

/** Whether permissions allow the connection. They must cover all addresses of the other side. */
function permits(
  permissions: readonly PermissionEvidence[],
  other: Side & { readonly type: AddressType | undefined },
  port: number,
): boolean | Unclear {
  const relevant = permissions.filter((permission) => coversPort(permission, port));
  const cidrs = relevant.flatMap((permission) => permission.cidrs);
  const otherIds = new Set(other.groups.map(({ id }) => id));
  if (relevant.some(({ groupIds }) => groupIds.some((id) => otherIds.has(id)))) return true;
  const { type, ips } = other;
  const wide = type === undefined ? Object.values(everywhere) : [everywhere[type]];
  if (cidrs.some((cidr) => wide.includes(cidr))) return true;
  if (ips.length > 0 && ips.every((ip) => cidrs.some((cidr) => isInside(ip, cidr)))) return true;
  const lists = relevant.flatMap(({ prefixLists }) => prefixLists);
  if (lists.length > 0) return { unclear: `the contents of the prefix list ${lists.join(', ')} are unknown` };
  if (ips.length === 0 && cidrs.length > 0) {
    return { unclear: `the addresses are unknown, and only ${cidrs.join(', ')} is allowed` };
  }
  return false;
}

function coversPort({ protocol, fromPort = 0, toPort = 65_535 }: PermissionEvidence, port: number): boolean {
  return protocol === '-1' || (protocol === 'tcp' && port >= fromPort && port <= toPort);
}

/** Whether an address is in a CIDR block such as `10.0.0.0/16` or `2001:db8::/32`. */
function isInside(ip: string, cidr: string): boolean {
  const [base = '', bits = ''] = cidr.split('/');
  const type = typeOfAddress(ip);
  if (type !== typeOfAddress(base)) return false;
  const block = new BlockList();
  block.addSubnet(base, Number(bits || (type === 'ipv6' ? 128 : 32)), type);
  return block.check(ip, type);
}
