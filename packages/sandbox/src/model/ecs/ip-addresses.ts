import type { Random } from '../../random.ts';

export type AddressFamily = 'ipv4' | 'ipv6';

/** The private addresses of tasks: 251 of each family in each subnet. */
export interface IpAddresses {
  /** Whether the subnet has addresses of the family. */
  has(subnet: string, family: AddressFamily): boolean;
  /** A free address of the subnet, or `undefined` if all are in use. */
  take(subnet: string, family: AddressFamily): string | undefined;
  giveBack(subnet: string, ip: string): void;
  /** Probability that the most recently released address is used next, 0 to 1. */
  setReuseChance(probability: number): void;
}

interface Pool {
  readonly addressOf: (host: number) => string;
  readonly inUse: Set<string>;
  readonly givenBack: string[];
  nextHost: number;
}

// AWS reserves the first four addresses and the last address of a subnet.
const firstHost = 4;
const lastHost = 254;

/** A pool of addresses. */
export interface AddressSpace {
  subnet(id: string): { readonly prefix: string | undefined; readonly ipv6Prefix?: string } | undefined;
  /** The current owner of the address. */
  interfaceAt(ip: string): unknown;
}

export function createIpAddresses(random: Random, space: AddressSpace): IpAddresses {
  const pools = new Map<string, Pool>();
  let reuseChance = 0;

  function formatOf(subnet: string, family: AddressFamily): Pool['addressOf'] | undefined {
    const { prefix, ipv6Prefix } = space.subnet(subnet) ?? {};
    if (family === 'ipv4') return prefix === undefined ? undefined : (host) => `${prefix}.${host}`;
    return ipv6Prefix === undefined ? undefined : (host) => `${ipv6Prefix}::${host.toString(16)}`;
  }

  function poolOf(subnet: string, family: AddressFamily): Pool | undefined {
    const known = pools.get(`${subnet} ${family}`);
    const addressOf = formatOf(subnet, family);
    if (known !== undefined || addressOf === undefined) return known;
    const pool = { addressOf, inUse: new Set<string>(), givenBack: [], nextHost: firstHost };
    pools.set(`${subnet} ${family}`, pool);
    return pool;
  }

  function nextFresh(pool: Pool): string | undefined {
    for (let tried = firstHost; tried <= lastHost; tried++) {
      const ip = pool.addressOf(pool.nextHost);
      pool.nextHost = pool.nextHost === lastHost ? firstHost : pool.nextHost + 1;
      if (!pool.inUse.has(ip) && space.interfaceAt(ip) === undefined) return ip;
    }
    return undefined;
  }

  return {
    has: (subnet, family) => formatOf(subnet, family) !== undefined,
    take(subnet, family) {
      const pool = poolOf(subnet, family);
      if (pool === undefined) return undefined;
      const last = random.chance(reuseChance) ? pool.givenBack.findLast((ip) => !pool.inUse.has(ip)) : undefined;
      const ip = last ?? nextFresh(pool);
      if (ip !== undefined) pool.inUse.add(ip);
      return ip;
    },
    giveBack(subnet, ip) {
      const pool = poolOf(subnet, ip.includes(':') ? 'ipv6' : 'ipv4');
      if (pool === undefined) return;
      pool.inUse.delete(ip);
      pool.givenBack.push(ip);
      if (pool.givenBack.length > lastHost) pool.givenBack.shift();
    },
    setReuseChance(probability) {
      reuseChance = probability;
    },
  };
}
