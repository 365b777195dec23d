import { clusterName } from './clusters.ts';
import { StartEnginesError } from './errors.ts';
import { permitsCluster } from './launch-settings.ts';
import type { LaunchClaim, LaunchClaims, Ports } from './ports.ts';
import type { AllowedOverrides, ServiceMapping } from './service-mapping.ts';

/**
 * How long a lease binds other starts, in milliseconds: the time in which RunTask may be called, then 15 s for the SDK's tries
 * of the last call, 25 s until such a call takes effect, and 10 s until everyone sees the task (docs/adr/0021).
 */
export const leaseMs = 90_000;
/** How long RunTask may be called under a lease, in milliseconds. */
export const launchWithinMs = 30_000;

/** In which cluster everybody launches the service's next task, until it is seen or the lease ends. */
export interface ClusterLease {
  readonly cluster: string;
  /** When the lease began, by the store's clock and by this process's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly since: number;
  /** When the newest task was created that the holder had seen, in milliseconds since the epoch; 0 for none. */
  readonly newestSeen: number;
  /** AWS refused to launch there for this start. */
  readonly isRefused?: true;
}

/** Whether starts of a service may choose between clusters: only then two of them could launch in two. */
export function mayChooseCluster(allowed: AllowedOverrides, mappedCluster: string): boolean {
  return (allowed.cluster ?? []).some((permitted) => clusterName(String(permitted)) !== clusterName(mappedCluster));
}

/**
 * Whose claim holds, of all claims in the order in which they were written. The first one holds until it ends, or until somebody
 * claims who has seen a task that was created since: then what it was for has happened.
 */
export function holderAmong(claims: readonly LaunchClaim[]): LaunchClaim | undefined {
  return claims.reduce<LaunchClaim | undefined>((holder, claim) => {
    const isBound = holder !== undefined && claim.newestSeen < holder.at && claim.at - holder.at < leaseMs;
    return isBound ? holder : claim;
  }, undefined);
}

/** Whether claims before these make no difference: one of these cannot be bound by anything before it. */
export function beginsAfresh(claims: readonly LaunchClaim[]): boolean {
  return claims.some((claim, index) => {
    const before = claims[index - 1];
    if (before === undefined) return claim.version === 1;
    return claim.at - before.at >= leaseMs || claim.newestSeen >= before.at;
  });
}

/** The launch for which a start asks for a lease. */
export interface LeaseRequest {
  /** With the start's overrides in it. */
  readonly mapping: ServiceMapping;
  /** The mapping's own cluster. */
  readonly mappedCluster: string;
  /** When the newest task was created that the start has seen, in milliseconds since the epoch; 0 for none. */
  readonly newestSeen: number;
}

/**
 * Claims a cluster for the next task and finds out whose claim holds. Claims of clusters in which the service cannot run do not
 * count.
 *
 * @param persist Makes a call again while AWS throttles it or does not answer.
 */
export async function leaseCluster(
  { launchClaims, clock, clusters }: Pick<Ports, 'launchClaims' | 'clock' | 'clusters'>,
  { mapping: { service, cluster, allowOverrides }, mappedCluster, newestSeen }: LeaseRequest,
  persist: <Result>(call: () => Promise<Result>) => Promise<Result>,
): Promise<ClusterLease> {
  const now = clock.now();
  const version = await persist(() => launchClaims.write(service, { cluster, newestSeen }));
  const latest = await persist(() => readThrough(launchClaims, service, version));
  const own = latest.at(-1) as LaunchClaim;
  let known = latest;
  for (let older = latest; older.length > 0 && !beginsAfresh(known); known = [...older, ...known]) {
    const before = known[0]?.version ?? 0;
    older = await persist(() => launchClaims.read(service, before - 1));
  }
  const usual = new Set([mappedCluster, ...clusters].map(clusterName));
  const counts = (claim: LaunchClaim) =>
    claim === own || usual.has(clusterName(claim.cluster)) || permitsCluster(allowOverrides, claim.cluster);
  const holder = holderAmong(known.filter(counts)) ?? own;
  return { cluster: holder.cluster, at: holder.at, newestSeen: holder.newestSeen, since: now - (own.at - holder.at) };
}

/** @throws StartEnginesError `AwsUnavailable` while the store does not show what was just written to it. */
async function readThrough(claims: LaunchClaims, service: string, version: number): Promise<readonly LaunchClaim[]> {
  const found = await claims.read(service, version);
  if (found.at(-1)?.version === version) return found;
  throw new StartEnginesError(
    'AwsUnavailable',
    `Parameter Store does not show yet that service "${service}" is about to be launched.`,
    { context: { service, version } },
  );
}
