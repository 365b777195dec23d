import { addressOfType } from '@start-engines/core';
import { addressTypeOf, findAddressProblem } from '../envelope/check-addresses.ts';
import type { Check } from './check.ts';
import { ok, unknown } from './link.ts';
import { addressableTask, readable } from './views.ts';

/** Whether each target group exists and accepts the type of address that the task has or will have. */
export const checkTargetGroup: Check = (evidence, commands) => {
  const { groups: own, mappedGroups, service } = evidence;
  if ('problem' in own) return unknown(own.problem);
  if ('problem' in mappedGroups) return unknown(mappedGroups.problem);
  const known = new Set(own.value.map(({ targetGroupArn }) => targetGroupArn));
  const groups = [...own.value, ...mappedGroups.value.filter(({ targetGroupArn }) => !known.has(targetGroupArn))];
  if (groups.length === 0) {
    const summary = 'no target group is known';
    return { status: 'broken', summary, evidence: [], mend: [], explainedBy: ['mapping'] };
  }
  const missing = groups.find(({ found }) => found === undefined);
  if (missing !== undefined) {
    return {
      status: 'broken',
      summary: `the target group ${missing.name} does not exist`,
      evidence: [`the mapping names ${missing.targetGroupArn}`],
      mend: [commands.engines('mappings', 'edit', service)],
    };
  }
  const untold = groups.find(({ found }) => found?.targetType === undefined);
  if (untold !== undefined) return unknown(`the type of the target group ${untold.name} is not shown`);
  const wrong = groups.find(({ found }) => found?.targetType !== 'ip');
  if (wrong !== undefined) {
    return {
      status: 'broken',
      summary: `the target group ${wrong.name} is of type ${wrong.found?.targetType}, and tasks need type ip`,
      evidence: [wrong.targetGroupArn],
      mend: [
        'The type of a target group cannot change: create one of type ip with its own rule (Terraform does so), then:',
        commands.engines('mappings', 'edit', service),
      ],
    };
  }
  const task = addressableTask(evidence);
  const unfit = own.value.find(
    (group) => task !== undefined && addressOfType(task, addressTypeOf(group)) === undefined,
  );
  const subnets = task === undefined ? (readable(evidence.subnets) ?? []) : [];
  const problem =
    unfit === undefined
      ? groups.map((group) => findAddressProblem(group, subnets)).find((one) => one !== undefined)
      : `the target group ${unfit.name} does not accept the task's address ${task?.privateIp}`;
  if (problem !== undefined) {
    return {
      status: 'broken',
      summary: problem,
      evidence: groups.map((group) => `${group.name} has the address type ${addressTypeOf(group)}`),
      mend: [
        'The address type of a target group cannot change: use other subnets or another target group, then start the service again:',
        commands.engines('mappings', 'edit', service),
        commands.engines('restart', service),
      ],
    };
  }
  return ok(`${groups.map(({ name }) => name).join(', ')} of type ip`);
};
