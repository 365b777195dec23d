import type { Check } from './check.ts';
import { ok, unknown } from './link.ts';

/** R49: whether an ECS service registers tasks in the same target group. They would remove each other's targets. */
export const checkControlPlane: Check = ({ otherPlanes, groups }, commands) => {
  if ('problem' in otherPlanes) return unknown(otherPlanes.problem);
  const [first] = otherPlanes.value;
  if (first === undefined) return ok('no ECS service manages these target groups');
  const nameOf = (arn: string) =>
    ('value' in groups ? groups.value.find((group) => group.targetGroupArn === arn)?.name : undefined) ?? arn;
  return {
    status: 'broken',
    summary: `the ECS service ${first.serviceName} also manages ${nameOf(first.targetGroupArn)}`,
    evidence: otherPlanes.value.map(
      ({ serviceName, cluster, targetGroupArn, desiredCount, runningCount }) =>
        `${serviceName} in ${cluster}: load balancer configuration with ${nameOf(targetGroupArn)}, ${runningCount} of ${desiredCount} tasks running`,
    ),
    mend: otherPlanes.value.map(({ serviceName, cluster }) =>
      commands.aws('ecs', 'update-service', '--cluster', cluster, '--service', serviceName, '--load-balancers', '[]'),
    ),
    blocks: false,
  };
};
