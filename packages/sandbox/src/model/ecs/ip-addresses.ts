import { createHash } from 'node:crypto';
import type { Random } from '../../random.ts';

/** The private addresses of the sandbox's subnets: a /24 each, named after the subnet. */
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

export function createIpAddresses(random: Random): IpAddresses {
  const pools = new Map<string, Pool>();
  const prefixes = new Set<string>();
  let reuseChance = 0;

  function choosePrefix(subnet: string): string {
    for (let attempt = 0; ; attempt++) {
      const digest = createHash('sha256').update(`${subnet}/${attempt}`).digest();
      const prefix = `10.${digest[0]}.${digest[1]}`;
      if (!prefixes.has(prefix)) return prefix;
    }
  }

  function poolOf(subnet: string): Pool {
    const known = pools.get(subnet);
    if (known !== undefined) return known;
    const pool = { prefix: choosePrefix(subnet), inUse: new Set<string>(), givenBack: [], nextHost: FIRST_HOST };
    prefixes.add(pool.prefix);
    pools.set(subnet, pool);
    return pool;
  }

  function nextFresh(pool: Pool): string | undefined {
    for (let tried = FIRST_HOST; tried <= LAST_HOST; tried++) {
      const ip = `${pool.prefix}.${pool.nextHost}`;
      pool.nextHost = pool.nextHost === LAST_HOST ? FIRST_HOST : pool.nextHost + 1;
      if (!pool.inUse.has(ip)) return ip;
    }
    return undefined;
  }

  return {
    take(subnet) {
      const pool = poolOf(subnet);
      const last = random.chance(reuseChance) ? pool.givenBack.findLast((ip) => !pool.inUse.has(ip)) : undefined;
      const ip = last ?? nextFresh(pool);
      if (ip !== undefined) pool.inUse.add(ip);
      return ip;
    },
    giveBack(subnet, ip) {
      const pool = poolOf(subnet);
      pool.inUse.delete(ip);
      pool.givenBack.push(ip);
      if (pool.givenBack.length > LAST_HOST) pool.givenBack.shift();
    },
    setReuseChance(probability) {
      reuseChance = probability;
    },
  };
}
