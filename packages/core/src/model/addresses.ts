import type { AddressType } from './ports.ts';
import type { Task } from './task.ts';

type Addresses = Pick<Task, 'privateIp' | 'privateIpv6'>;

/** All private addresses of a task. A target may be registered under any of them. */
export function addressesOf({ privateIp, privateIpv6 }: Addresses): readonly string[] {
  return [...new Set([privateIp, privateIpv6])].filter((address) => address !== undefined);
}

export function hasAddress({ privateIp, privateIpv6 }: Addresses, address: string): boolean {
  return address === privateIp || address === privateIpv6;
}

export function typeOfAddress(address: string): AddressType {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** The address that a target group of this type accepts; undefined when the task has none. */
export function addressOfType(task: Addresses, type: AddressType): string | undefined {
  return addressesOf(task).find((address) => typeOfAddress(address) === type);
}

/** An address with a port, as a person writes it: `10.0.1.5:8080`, `[2001:db8::5]:8080`. */
export function formatTarget(ip: string, port: number): string {
  return typeOfAddress(ip) === 'ipv6' ? `[${ip}]:${port}` : `${ip}:${port}`;
}
