import type { ServiceMapping } from '@start-engines/core';
import { findDefinitionProblem } from '../envelope/check-definition.ts';
import type { Check } from './check.ts';
import { ok, unknown } from './link.ts';
import { mappingOf } from './views.ts';

/** Whether the mapping's task definition can be run, has a network that a load balancer reaches, and the mapping's port. */
export const checkTaskDefinition: Check = (evidence, commands) => {
  const { definition, service } = evidence;
  if ('problem' in definition) return unknown(definition.problem);
  const mapping = mappingOf(evidence);
  if (mapping === undefined || definition.value === undefined) return ok('no mapping names one');
  const problem = findDefinitionProblem(mapping, definition.value);
  if (problem === undefined) return ok(describe(mapping, definition.value.found?.arn ?? ''));
  return {
    status: 'broken',
    summary: problem.message,
    evidence: problem.evidence,
    mend: [commands.engines('mappings', 'edit', service), commands.engines('restart', service)],
  };
};

function describe({ port }: ServiceMapping, arn: string): string {
  return `${arn.split('/').at(-1)}, awsvpc, port ${port}`;
}
