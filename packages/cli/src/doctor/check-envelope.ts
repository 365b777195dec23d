import { parameterPathOf } from '@start-engines/core';
import { findOutside, lastName } from '../envelope/check-envelope.ts';
import { envelopeParameter } from '../envelope/read-envelope.ts';
import type { Check } from './check.ts';
import type { Evidence } from './evidence.ts';
import { type Finding, ok, unknown } from './link.ts';
import { mappingOf } from './views.ts';

/** Whether the function exists, reads the mapping's cluster, and may access what the mapping names. */
export const checkEnvelope: Check = (evidence, commands) => {
  const { function: deployed, envelope, definition } = evidence;
  if ('problem' in deployed) return unknown(deployed.problem);
  if (deployed.value === undefined) {
    return {
      status: 'broken',
      summary: 'the function is not deployed',
      evidence: ['Lambda has no function of that name'],
      mend: ['Apply the workspace with Terraform.'],
    };
  }
  const blind = checkFunction(evidence);
  if (blind !== undefined) return blind;
  const mapping = mappingOf(evidence);
  if (evidence.mapping.kind === 'unreadable') return unknown(evidence.mapping.problem);
  if (mapping === undefined) return ok('there is no mapping to compare it with');
  if ('problem' in envelope) return unknown(envelope.problem);
  const parameter = envelopeParameter(parameterPathOf(evidence.workspace));
  if (envelope.value === undefined)
    return ok(`not published in ${parameter}, so it could not be compared with the mapping`);
  const found = 'value' in definition ? definition.value?.found : undefined;
  const outside = findOutside(mapping, found, envelope.value);
  const [first] = outside;
  if (first === undefined && 'problem' in definition) return unknown(definition.problem);
  if (first === undefined) return ok('includes everything that the mapping names');
  return {
    status: 'broken',
    summary: `the function's role may not access ${first.value}, which the mapping names`,
    evidence: [
      ...outside.map(({ key, value }) => `${key}: ${value} is outside the envelope`),
      `the envelope is published in ${parameter}`,
    ],
    mend: [
      ...new Set(
        outside.map(
          ({ variable, value }) =>
            `Add ${JSON.stringify(value)} to the Terraform variable ${variable}, and apply the workspace;`,
        ),
      ),
      `or go back: ${commands.engines('mappings', 'rollback', evidence.service)}`,
    ],
  };
};

/** The function finds tasks only in its configured clusters. */
function checkFunction({ function: deployed, workspace, ...evidence }: Evidence): Finding | undefined {
  const value = 'value' in deployed ? deployed.value : undefined;
  const mapping = mappingOf({ function: deployed, workspace, ...evidence });
  const path = parameterPathOf(workspace);
  if (value?.parameterPath !== undefined && value.parameterPath !== path) {
    return {
      status: 'broken',
      summary: `the function reads the mappings of another workspace: ${value.parameterPath}`,
      evidence: [`PARAMETER_PATH of ${value.name} is ${value.parameterPath}, not ${path}`],
      mend: ['Check --workspace and --function, or apply the workspace with Terraform.'],
    };
  }
  const clusters = value?.clusters.map(lastName) ?? [];
  if (mapping === undefined || clusters.length === 0 || clusters.includes(lastName(mapping.cluster))) return undefined;
  return {
    status: 'broken',
    summary: `the function does not read the cluster ${lastName(mapping.cluster)}, in which the mapping starts the task`,
    evidence: [`CLUSTERS of ${value?.name}: ${clusters.join(', ')}`],
    mend: [
      `Add ${JSON.stringify(lastName(mapping.cluster))} to the Terraform variable allowed_clusters, and apply the workspace.`,
    ],
  };
}
