import type { Random } from '../../random.ts';

/** The private addresses that tasks get: a /24 for each subnet. */
export interface IpAddresses {
  /** An address of the subnet that no live task has, or `undefined` when all are taken. */
  take(subnet: string): string | undefined;
  giveBack(subnet: string, ip: string): void;
  /** How likely it is, from 0 to 1, that the address given back last is the one taken next. */
  setReuseChance(probability: number): void;
}

interface Pool {
  readonly prefix: string;
  readonly inUse: Set<string>;
  readonly givenBack: string[];
  nextHost: number;
}

// The first four addresses of a subnet and its last are AWS's own.
const FIRST_HOST = 4;
const LAST_HOST = 254;

/** What addresses are taken from. */
export interface AddressSpace {
  subnet(id: string): { readonly prefix: string } | undefined;
  /** Whoever has the address now. */
  interfaceAt(ip: string): unknown;
}

export function createIpAddresses(random: Random, space: AddressSpace): IpAddresses {
  const pools = new Map<string, Pool>();
  let reuseChance = 0;

  function poolOf(subnet: string): Pool | undefined {
    const known = pools.get(subnet);
    const prefix = space.subnet(subnet)?.prefix;
    if (known !== undefined || prefix === undefined) return known;
    const pool = { prefix, inUse: new Set<string>(), givenBack: [], nextHost: FIRST_HOST };
    pools.set(subnet, pool);
    return pool;
  }

  function nextFresh(pool: Pool): string | undefined {
    for (let tried = FIRST_HOST; tried <= LAST_HOST; tried++) {
      const ip = `${pool.prefix}.${pool.nextHost}`;
      pool.nextHost = pool.nextHost === LAST_HOST ? FIRST_HOST : pool.nextHost + 1;
      if (!pool.inUse.has(ip) && space.interfaceAt(ip) === undefined) return ip;
    }
    return undefined;
  }

  return {
    take(subnet) {
      const pool = poolOf(subnet);
      if (pool === undefined) return undefined;
      const last = random.chance(reuseChance) ? pool.givenBack.findLast((ip) => !pool.inUse.has(ip)) : undefined;
      const ip = last ?? nextFresh(pool);
      if (ip !== undefined) pool.inUse.add(ip);
      return ip;
    },
    giveBack(subnet, ip) {
      const pool = poolOf(subnet);
      if (pool === undefined) return;
      pool.inUse.delete(ip);
      pool.givenBack.push(ip);
      if (pool.givenBack.length > LAST_HOST) pool.givenBack.shift();
    },
    setReuseChance(probability) {
      reuseChance = probability;
    },
  };
}
