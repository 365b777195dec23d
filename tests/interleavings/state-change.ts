/** The part of an `ECS Task State Change`'s `detail` that the function reads. */
export function readStateChange(detail: Readonly<Record<string, unknown>>) {
  const { taskArn, version, startedBy, lastStatus, desiredStatus } = detail;
  return {
    taskArn: String(taskArn),
    version: Number(version),
    startedBy: String(startedBy),
    running: lastStatus === 'RUNNING' && desiredStatus === 'RUNNING',
  };
}
