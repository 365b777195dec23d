import type { AddressType } from '@start-engines/core';
import type { GroupEvidence, SubnetEvidence } from '../doctor/evidence.ts';

const names: Readonly<Record<AddressType, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** The address type that a target group accepts. */
export function addressTypeOf({ found }: Pick<GroupEvidence, 'found'>): AddressType {
  return found?.ipAddressType ?? 'ipv4';
}

/** Why a target group does not accept tasks in these subnets: their address type differs. */
export function findAddressProblem(group: GroupEvidence, subnets: readonly SubnetEvidence[]): string | undefined {
  if (group.found === undefined) return undefined;
  const type = addressTypeOf(group);
  const lacking = subnets.find(({ addressTypes }) => addressTypes !== undefined && !addressTypes.includes(type));
  if (lacking === undefined) return undefined;
  return `the target group ${group.name} takes ${names[type]} addresses only, but a task in ${lacking.id} has none`;
}
