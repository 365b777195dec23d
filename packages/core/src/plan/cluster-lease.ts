import { clusterName } from '../model/clusters.ts';
import type { AllowedOverrides } from '../model/contract.ts';
import type { LaunchClaim } from '../model/ports.ts';

/**
 * How long a lease binds other starts, in milliseconds: the time in which RunTask may be called, then 15 s for the SDK's attempts
 * at the last call, 25 s until such a call takes effect, and 10 s until every process sees the task (docs/adr/0021).
 */
export const leaseMs = 90_000;
/** How long RunTask may be called under a lease, in milliseconds. */
export const launchWithinMs = 30_000;

/** The cluster in which all starts launch the service's next task, until that task is seen or the lease ends. */
export interface ClusterLease {
  readonly cluster: string;
  /** When the lease began, by the store's clock and by this process's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly since: number;
  /** When the newest task that the holder had seen was created, in milliseconds since the epoch; 0 for none. */
  readonly newestSeen: number;
  /** AWS has rejected this start's launch there. */
  readonly isRefused?: true;
}

/** Whether starts of a service may choose between clusters. Only then could two of them launch in two clusters. */
export function mayChooseCluster(allowed: AllowedOverrides, mappedCluster: string): boolean {
  return (allowed.cluster ?? []).some((permitted) => clusterName(String(permitted)) !== clusterName(mappedCluster));
}

/**
 * The claim that holds, of all claims in the order of writing. The first one holds until its lease ends, or until a claimant has seen
 * a task created since: then the launch has happened.
 */
export function holderAmong(claims: readonly LaunchClaim[]): LaunchClaim | undefined {
  return claims.reduce<LaunchClaim | undefined>((holder, claim) => {
    const isBound = holder !== undefined && claim.newestSeen < holder.at && claim.at - holder.at < leaseMs;
    return isBound ? holder : claim;
  }, undefined);
}

/** Whether earlier claims make no difference, because no earlier claim can bind one of these. */
export function beginsAfresh(claims: readonly LaunchClaim[]): boolean {
  return claims.some((claim, index) => {
    const before = claims[index - 1];
    if (before === undefined) return claim.version === 1;
    return claim.at - before.at >= leaseMs || claim.newestSeen >= before.at;
  });
}
