import { clusterName } from '../model/clusters.ts';
import { readLagMs } from '../model/read-lag.ts';
import type { View } from '../model/view.ts';
import { launchWithinMs, leaseMs } from './cluster-lease.ts';
import type { StartState } from './start-state.ts';

/** What a start does before a launch, if starts may choose between clusters. */
export type ClusterStep =
  /** Claims its cluster, looks at the service again, then plans again. */
  | { readonly kind: 'claim-cluster'; readonly newestSeen: number }
  /** Another start is launching the task in a cluster that this start did not request. */
  | { readonly kind: 'taken'; readonly cluster: string }
  | { readonly kind: 'wait'; readonly delayMs: number };

/** How often a start that may not launch checks whether another one has, in milliseconds. */
const pauseMs = 2_000;

/** Undefined when the task may be launched: in the cluster of the lease, or without a lease in the start's own. */
export function planCluster(view: View, intent: StartState): ClusterStep | undefined {
  const { choice, lease } = intent;
  if (choice === undefined) return undefined;
  const newestSeen = Math.max(0, ...view.tasks.map((task) => task.createdAt));
  const isOver = lease === undefined || newestSeen >= lease.at || view.at >= lease.since + leaseMs;
  if (isOver) return { kind: 'claim-cluster', newestSeen };
  if (choice.isRequested && !isSame(lease.cluster, choice.cluster)) return { kind: 'taken', cluster: lease.cluster };
  // The holder has seen a task that this look does not show yet.
  if (lease.newestSeen > newestSeen && view.at < lease.since + readLagMs) return { kind: 'wait', delayMs: pauseMs };
  if (lease.isRefused || view.at > lease.since + launchWithinMs) {
    return { kind: 'wait', delayMs: Math.min(pauseMs, lease.since + leaseMs - view.at) };
  }
  return undefined;
}

function isSame(one: string, other: string): boolean {
  return clusterName(one) === clusterName(other);
}
