const taskArnPattern = /^(arn:[^:]+:ecs:[^:]*:[^:]*):task\/([^/]+)\/[^/]+$/;

/**
 * The cluster that a task's ARN names. ARNs of the old format (`…:task/<id>`) name none, and come back as undefined: ECS
 * would then look in the cluster `default` and say of a task elsewhere that there is no such task.
 */
export function clusterOf(taskArn: string): { readonly name: string; readonly clusterArn: string } | undefined {
  const [, prefix, name] = taskArnPattern.exec(taskArn) ?? [];
  return prefix === undefined || name === undefined ? undefined : { name, clusterArn: `${prefix}:cluster/${name}` };
}
