import type { Check } from './check.ts';
import { ok, unknown } from './link.ts';

/** Whether each target group is there, and takes addresses. */
export const checkTargetGroup: Check = ({ groups: own, mappedGroups, service }, commands) => {
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
  const wrong = groups.find(({ found }) => found?.targetType !== 'ip');
  if (wrong !== undefined) {
    return {
      status: 'broken',
      summary: `the target group ${wrong.name} is of type ${wrong.found?.targetType}, and tasks need type ip`,
      evidence: [wrong.targetGroupArn],
      mend: [
        'A target group keeps its type: make another one of type ip with a rule of its own (Terraform does), then:',
        commands.engines('mappings', 'edit', service),
      ],
    };
  }
  return ok(`${groups.map(({ name }) => name).join(', ')} of type ip`);
};
