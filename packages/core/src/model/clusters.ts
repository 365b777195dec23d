/** A cluster's name, from its name or its ARN. */
export function clusterName(cluster: string): string {
  return cluster.slice(cluster.lastIndexOf('/') + 1);
}

/** Each cluster once: a name and an ARN may denote the same cluster. */
export function distinctClusters(clusters: readonly string[]): string[] {
  return [...new Map(clusters.map((cluster) => [clusterName(cluster), cluster])).values()];
}

/** A task's cluster is part of its ARN, `…:task/<cluster>/<id>`. */
export function clusterInArn(taskArn: string, clusters: readonly string[]): string {
  const [, cluster, id] = taskArn.split(':').at(-1)?.split('/') ?? [];
  return (id === undefined ? undefined : cluster) ?? clusters[0] ?? 'default';
}
