import { hasAddress } from '@start-engines/core';
import type { Check } from './check.ts';
import type { Evidence, LoadBalancerEvidence } from './evidence.ts';
import { type Finding, ok, unknown } from './link.ts';
import type { MendCommands } from './mend-commands.ts';
import { findObstacle, type Obstacle } from './reach.ts';
import { addressableTask, gapIn, groupsThatAre, mappingOf, portsToReach } from './views.ts';

/** Whether the security groups allow the load balancer to reach the task on every port. */
export const checkSecurityGroups: Check = (evidence, commands) => {
  const { loadBalancers, securityGroups, interfaces } = evidence;
  if ('problem' in loadBalancers) return unknown(loadBalancers.problem);
  if ('problem' in securityGroups) return unknown(securityGroups.problem);
  if ('problem' in interfaces) return unknown(interfaces.problem);
  const gap = gapIn(evidence, 'groups', 'tasks');
  if (gap !== undefined) return unknown(gap);
  const arns = new Set(groupsThatAre(evidence).flatMap(({ found }) => found.loadBalancerArns));
  const serving = loadBalancers.value.filter(({ arn }) => arns.has(arn));
  const target = targetOf(evidence);
  if (serving.length === 0) return ok('nothing to compare');
  if (target.groupIds.length === 0) {
    if (evidence.mapping.kind === 'unreadable') return unknown(evidence.mapping.problem);
    return unknown('the mapping names no security group, and the default security group of the VPC is unknown');
  }
  let unclear: string | undefined;
  for (const loadBalancer of serving) {
    for (const port of portsToReach(evidence)) {
      const obstacle = findObstacle(loadBalancer, target, port, securityGroups.value);
      if (typeof obstacle === 'string') return describe({ loadBalancer, port, obstacle, target }, evidence, commands);
      unclear ??= obstacle && `whether ${loadBalancer.name} reaches the task on port ${port}: ${obstacle.unclear}`;
    }
  }
  if (unclear !== undefined) return unknown(unclear);
  const ports = portsToReach(evidence).join(', ');
  return ok(`${serving.map(({ name }) => name).join(', ')} may reach ${target.groupIds.join(', ')} on ${ports}`);
};

/** The security groups of the live task, or those that the next task would have. */
function targetOf(evidence: Evidence): { readonly groupIds: readonly string[]; readonly ip?: string } {
  const task = addressableTask(evidence);
  const interfaces = 'value' in evidence.interfaces ? evidence.interfaces.value : [];
  const own = interfaces.find(({ ip }) => task !== undefined && hasAddress(task, ip));
  if (own !== undefined) return { groupIds: own.groupIds, ip: own.ip };
  return { groupIds: mappingOf(evidence)?.securityGroups ?? [] };
}

interface Blocked {
  readonly loadBalancer: LoadBalancerEvidence;
  readonly port: number;
  readonly obstacle: Obstacle;
  readonly target: { readonly groupIds: readonly string[] };
}

function describe(
  { loadBalancer, port, obstacle, target }: Blocked,
  evidence: Evidence,
  commands: MendCommands,
): Finding {
  const groups = 'value' in evidence.securityGroups ? evidence.securityGroups.value : [];
  const [from = '', to = ''] = [loadBalancer.securityGroups[0], target.groupIds[0]];
  const nameOf = (id: string) => `${id} (${groups.find((group) => group.id === id)?.name ?? 'not found'})`;
  const [shown, direction] =
    obstacle === 'ingress' ? [target.groupIds, 'lets in'] : [loadBalancer.securityGroups, 'lets out'];
  const permissions = shown.flatMap((id) => {
    const group = groups.find((one) => one.id === id);
    const rules = (obstacle === 'ingress' ? group?.ingress : group?.egress) ?? [];
    return [`${nameOf(id)} ${direction} ${rules.length === 0 ? 'nothing' : rules.map(describeRule).join('; ')}`];
  });
  const ports = `IpProtocol=tcp,FromPort=${port},ToPort=${port}`;
  return {
    status: 'broken',
    summary:
      obstacle === 'ingress'
        ? `the task's security group does not let ${loadBalancer.name} in on port ${port}`
        : `${loadBalancer.name}'s security group does not let it reach the task on port ${port}`,
    evidence: [`load balancer: ${loadBalancer.securityGroups.map(nameOf).join(', ')}`, ...permissions],
    mend: [
      obstacle === 'ingress'
        ? commands.aws(
            ...['ec2', 'authorize-security-group-ingress', '--group-id', to],
            ...['--protocol', 'tcp', '--port', String(port), '--source-group', from],
          )
        : commands.aws(
            ...['ec2', 'authorize-security-group-egress', '--group-id', from],
            ...['--ip-permissions', `${ports},UserIdGroupPairs=[{GroupId=${to}}]`],
          ),
    ],
  };
}

function describeRule({
  protocol,
  fromPort,
  toPort,
  cidrs,
  groupIds,
  prefixLists,
}: {
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly cidrs: readonly string[];
  readonly groupIds: readonly string[];
  readonly prefixLists: readonly string[];
}): string {
  const ports =
    protocol === '-1' ? 'everything' : `${protocol} ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
  return `${ports} (${[...groupIds, ...cidrs, ...prefixLists].join(', ')})`;
}
