const taskArnPattern = /^(arn:[^:]+:ecs:[^:]*:[^:]*):task\/([^/]+)\/[^/]+$/;

/**
 * The cluster in a task's ARN; undefined for ARNs of the old format (`…:task/<id>`). Without a cluster ECS would search in `default`, and
 * not find a task in another cluster.
 */
export function clusterOf(taskArn: string): { readonly name: string; readonly clusterArn: string } | undefined {
  const [, prefix, name] = taskArnPattern.exec(taskArn) ?? [];
  return prefix === undefined || name === undefined ? undefined : { name, clusterArn: `${prefix}:cluster/${name}` };
}
