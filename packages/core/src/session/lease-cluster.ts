import { clusterName } from '../model/clusters.ts';
import { StartEnginesError } from '../model/errors.ts';
import type { LaunchClaim, LaunchClaims, Ports } from '../model/ports.ts';
import type { ServiceMapping } from '../model/service-mapping.ts';
import { beginsAfresh, type ClusterLease, holderAmong } from '../plan/cluster-lease.ts';
import { permitsCluster } from '../plan/launch-settings.ts';

/** The launch for which a start asks for a lease. */
export interface LeaseRequest {
  /** The mapping with the start's overrides. */
  readonly mapping: ServiceMapping;
  /** The mapping's own cluster. */
  readonly mappedCluster: string;
  /** When the newest task that the start has seen was created, in milliseconds since the epoch; 0 for none. */
  readonly newestSeen: number;
}

/**
 * Claims a cluster for the next task, and returns the lease that holds. Claims for clusters in which the service cannot run do not
 * count.
 *
 * @param persist Repeats a call while AWS throttles it or does not answer.
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

/** @throws StartEnginesError `AwsUnavailable` while Parameter Store does not show the claim just written. */
async function readThrough(claims: LaunchClaims, service: string, version: number): Promise<readonly LaunchClaim[]> {
  const found = await claims.read(service, version);
  if (found.at(-1)?.version === version) return found;
  throw new StartEnginesError(
    'AwsUnavailable',
    `Parameter Store does not show the launch claim of service "${service}" yet.`,
    { context: { service, version } },
  );
}
