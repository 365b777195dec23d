import { clusterName } from '../model/clusters.ts';
import type { AllowedOverrides } from '../model/contract.ts';
import type { LaunchClaim } from '../model/ports.ts';

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
