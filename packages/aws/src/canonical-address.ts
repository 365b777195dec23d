import { isIPv6 } from 'node:net';

/**
 * An address in the form for comparisons: the shortest notation of an IPv6 address, in lower case. ECS and Elastic Load Balancing may
 * write it in different ways. Everything else is returned unchanged.
 */
export function canonicalAddress(address: string): string {
  return isIPv6(address) && !address.includes('%') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
