/** A cluster's name, of its name or its ARN. */
export function clusterName(cluster: string): string {
  return cluster.slice(cluster.lastIndexOf('/') + 1);
}

/** Each cluster once: a name and an ARN may mean the same. */
export function distinctClusters(clusters: readonly string[]): string[] {
  return [...new Map(clusters.map((cluster) => [clusterName(cluster), cluster])).values()];
}
