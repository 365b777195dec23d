import { BlockList } from 'node:net';
import { typeOfAddress } from '@start-engines/core';
import type { InterfaceEvidence, LoadBalancerEvidence, PermissionEvidence, SecurityGroupEvidence } from './evidence.ts';

/** What keeps a load balancer from a port of a task, if anything does. */
export type Obstacle = 'egress' | 'ingress';

type Groups = readonly SecurityGroupEvidence[];

/** One side of a connection: its groups, and its addresses as far as they are known. */
interface Side {
  readonly groups: Groups;
  readonly ips: readonly string[];
}

/** @param target the task's groups, and its address if it has one yet */
export function findObstacle(
  source: LoadBalancerEvidence,
  target: { readonly groupIds: readonly string[]; readonly ip?: InterfaceEvidence['ip'] },
  port: number,
  groups: Groups,
): Obstacle | undefined {
  const select = (ids: readonly string[]) => groups.filter(({ id }) => ids.includes(id));
  // Both ends of a connection have addresses of one kind.
  const isAlike = (ip: string) => target.ip === undefined || typeOfAddress(ip) === typeOfAddress(target.ip);
  const from: Side = { groups: select(source.securityGroups), ips: source.ips.filter(isAlike) };
  const to: Side = { groups: select(target.groupIds), ips: target.ip === undefined ? [] : [target.ip] };
  if (!from.groups.some(({ egress }) => egress.some((one) => covers(one, to, port)))) return 'egress';
  if (!to.groups.some(({ ingress }) => ingress.some((one) => covers(one, from, port)))) return 'ingress';
  return undefined;
}

function covers(permission: PermissionEvidence, other: Side, port: number): boolean {
  if (!coversPort(permission, port)) return false;
  // Nobody can tell from outside what a prefix list holds: the benefit of the doubt.
  if (permission.prefixLists.length > 0) return true;
  if (permission.groupIds.some((id) => other.groups.some((group) => group.id === id))) return true;
  return permission.cidrs.some(
    // An address that is not known yet may be anywhere.
    (cidr) => other.ips.length === 0 || other.ips.some((ip) => isInside(ip, cidr)),
  );
}

function coversPort({ protocol, fromPort = 0, toPort = 65_535 }: PermissionEvidence, port: number): boolean {
  return protocol === '-1' || (protocol === 'tcp' && port >= fromPort && port <= toPort);
}

/** Whether an address is in a block such as `10.0.0.0/16` or `2001:db8::/32`. */
function isInside(ip: string, cidr: string): boolean {
  const [base = '', bits = ''] = cidr.split('/');
  const type = typeOfAddress(ip);
  if (type !== typeOfAddress(base)) return false;
  const block = new BlockList();
  block.addSubnet(base, Number(bits || (type === 'ipv6' ? 128 : 32)), type);
  return block.check(ip, type);
}
