import { type MappingProblem, parameterPathOf } from '@start-engines/core';
import { parameterOf } from '../mappings/mapping-name.ts';
import type { Check } from './check.ts';
import type { Evidence } from './evidence.ts';
import { ok, unknown } from './link.ts';

/** Whether the newest version of the mapping is valid, and if not, which version is used. */
export const checkMapping: Check = ({ mapping, service, workspace }: Evidence, commands) => {
  const parameter = parameterOf(parameterPathOf(workspace), service);
  const edit = commands.engines('mappings', 'edit', service);
  switch (mapping.kind) {
    case 'unreadable':
      return unknown(mapping.problem);
    case 'absent':
      return {
        status: 'broken',
        summary: `${service} has no mapping`,
        evidence: [`${parameter} does not exist`],
        mend: [commands.engines('mappings', 'put', `${service}.json`)],
      };
    case 'invalid':
      return {
        status: 'broken',
        summary: `no version of the mapping is valid`,
        evidence: mapping.problems.map(formatProblem),
        mend: [edit],
      };
    case 'loaded': {
      const { versions, problems } = mapping.loaded;
      const serving = `version ${versions.service}${versions.defaults === undefined ? '' : `, defaults version ${versions.defaults}`}`;
      if (problems.length === 0) return ok(serving);
      return {
        status: 'broken',
        summary: `the newest ${problems[0]?.parameter.endsWith('/defaults') ? 'defaults are' : 'mapping is'} invalid, and an older one is used: ${serving}`,
        evidence: problems.map(formatProblem),
        mend: [problems[0]?.parameter.endsWith('/defaults') ? commands.engines('mappings', 'edit', 'defaults') : edit],
        blocks: false,
      };
    }
  }
};

function formatProblem({ parameter, version, key, message }: MappingProblem): string {
  return `${parameter} version ${version}: ${key === '' ? '' : `${key}: `}${message}`;
}
