import type { ServiceMapping } from '@start-engines/core';
import { describeChosenContainer, findDefinitionProblem } from '../envelope/check-definition.ts';
import type { FoundDefinition } from '../envelope/read-definition.ts';
import type { Check } from './check.ts';
import { ok, unknown } from './link.ts';
import { mappingOf, readable } from './views.ts';

/** Whether the mapping's task definition can run, can be reached by a load balancer, and has the mapping's port. */
export const checkTaskDefinition: Check = (evidence, commands) => {
  const { definition, service } = evidence;
  if ('problem' in definition) return unknown(definition.problem);
  if (evidence.mapping.kind === 'unreadable') return unknown(evidence.mapping.problem);
  const mapping = mappingOf(evidence);
  if (mapping === undefined || definition.value === undefined) return ok('there is no mapping');
  const { cluster } = evidence;
  const problem = findDefinitionProblem(mapping, definition.value, cluster && readable(cluster));
  if (problem === undefined && cluster !== undefined && 'problem' in cluster) return unknown(cluster.problem);
  if (problem === undefined) return ok(describe(mapping, definition.value.found));
  return {
    status: 'broken',
    summary: problem.message,
    evidence: problem.evidence,
    mend: [commands.engines('mappings', 'edit', service), commands.engines('restart', service)],
  };
};

function describe(mapping: ServiceMapping, found: FoundDefinition | undefined): string {
  const choice = found && describeChosenContainer(mapping, found);
  const name = found?.arn.split('/').at(-1);
  return [`${name}, awsvpc, port ${mapping.port}`, ...(choice === undefined ? [] : [choice])].join('; ');
}
