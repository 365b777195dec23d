import { isIPv6 } from 'node:net';

/**
 * An address as it is compared: of the ways to write an IPv6 address the shortest, in small letters. ECS and Elastic Load
 * Balancing need not write it the same way. Anything else comes back as it is.
 */
export function canonicalAddress(address: string): string {
  return isIPv6(address) && !address.includes('%') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
