import type { AddressType } from '@start-engines/core';
import type { GroupEvidence, SubnetEvidence } from '../doctor/evidence.ts';

const names: Readonly<Record<AddressType, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** The kind of address that a target group takes. */
export function addressTypeOf({ found }: Pick<GroupEvidence, 'found'>): AddressType {
  return found?.ipAddressType ?? 'ipv4';
}

/** What keeps tasks of these subnets out of a target group: their addresses are of the other kind. */
export function findAddressProblem(group: GroupEvidence, subnets: readonly SubnetEvidence[]): string | undefined {
  if (group.found === undefined) return undefined;
  const type = addressTypeOf(group);
  const lacking = subnets.find(({ addressTypes }) => addressTypes !== undefined && !addressTypes.includes(type));
  if (lacking === undefined) return undefined;
  return `the target group ${group.name} takes ${names[type]} addresses only, and a task in ${lacking.id} has none`;
}
