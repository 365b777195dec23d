import { hasAddress } from '@start-engines/core';
import type { Check } from './check.ts';
import { ok, unknown } from './link.ts';
import { addressableTask, gapIn, groupsThatAre, mappingOf, readable } from './views.ts';

/** Whether the load balancer is in the zones in which the task runs or may be started. */
export const checkZones: Check = (evidence, commands) => {
  const { loadBalancers, subnets } = evidence;
  if ('problem' in loadBalancers) return unknown(loadBalancers.problem);
  if ('problem' in subnets) return unknown(subnets.problem);
  const gap = gapIn(evidence, 'groups', 'tasks');
  if (gap !== undefined) return unknown(gap);
  const [lost] = mappingOf(evidence)?.subnets.filter((id) => !subnets.value.some((subnet) => subnet.id === id)) ?? [];
  if (lost !== undefined) {
    return {
      status: 'broken',
      summary: `the subnet ${lost} does not exist`,
      evidence: ['the mapping names it'],
      mend: [commands.engines('mappings', 'edit', evidence.service)],
    };
  }
  const arns = new Set(groupsThatAre(evidence).flatMap(({ found }) => found.loadBalancerArns));
  const serving = loadBalancers.value.filter(({ arn }) => arns.has(arn));
  const task = addressableTask(evidence);
  if (task !== undefined && 'problem' in evidence.interfaces) return unknown(evidence.interfaces.problem);
  if (task === undefined && evidence.mapping.kind === 'unreadable') return unknown(evidence.mapping.problem);
  const taskZone = readable(evidence.interfaces)?.find(({ ip }) => task !== undefined && hasAddress(task, ip));
  for (const { arn, name, zones, vpcId } of serving) {
    // A target in another VPC is in all zones.
    const isNear = (place: { readonly vpcId?: string }) =>
      [undefined, vpcId].includes(place.vpcId) || vpcId === undefined;
    const enabled = new Set(zones.map(({ zone }) => zone));
    const own = taskZone !== undefined && isNear(taskZone) && !enabled.has(taskZone.zone);
    const places = own ? [{ id: taskZone.subnetId, zone: taskZone.zone }] : subnets.value.filter(isNear);
    const [outside] = places.filter(({ zone }) => !enabled.has(zone));
    if (outside === undefined) continue;
    return {
      status: 'broken',
      summary: own
        ? `the task is in ${outside.zone}, but ${name} is not`
        : `the mapping may start a task in ${outside.zone}, but ${name} is not there`,
      evidence: [
        `${outside.id} is in ${outside.zone}`,
        `${name} has ${zones.map(({ zone, subnetId }) => `${zone} (${subnetId})`).join(', ')}`,
        'targets in other zones are unused: Target.NotInUse',
      ],
      mend: [
        commands.aws(
          ...['elbv2', 'set-subnets', '--load-balancer-arn', arn],
          ...['--subnets', ...zones.map(({ subnetId }) => subnetId), outside.id],
        ),
      ],
      blocks: own || task === undefined,
    };
  }
  if (serving.length === 0) return ok('no load balancer to compare with');
  return ok(
    `${serving.map(({ name }) => name).join(', ')}: ${[...new Set(subnets.value.map(({ zone }) => zone))].sort().join(', ')}`,
  );
};
