import { diagnose } from '../../src/doctor/diagnose.ts';
import type { Evidence } from '../../src/doctor/evidence.ts';
import { createMendCommands } from '../../src/doctor/mend-commands.ts';
import { soundEvidence } from './sound-evidence.ts';

export const options = {
  workspace: 'dev',
  functionName: 'start-engines-lambda-dev:live',
  parameterPath: '/start-engines/dev',
  json: false,
  yes: false,
};
export const commands = createMendCommands(options, 'us-east-2');

// biome-ignore lint/suspicious/noExplicitAny: evidence is deep and read-only, and each case changes one place of it
export type Loose = any;

/** The diagnosis after one change of sound evidence. */
export function afterChange(change: (evidence: Loose) => void) {
  const evidence = structuredClone(soundEvidence()) as Evidence;
  change(evidence);
  const { links, first } = diagnose(evidence, commands);
  const [mend] = first?.mend ?? [];
  return {
    first: first?.id,
    summary: first?.summary,
    mend,
    symptoms: links.filter(({ status }) => status === 'symptom').map(({ id, cause }) => `${id} < ${cause}`),
  };
}

export const target = (evidence: Loose) => evidence.groups.value[0].found.targets[0];
export const unhealthy = (evidence: Loose, reason: string) =>
  Object.assign(target(evidence), { state: 'unhealthy', reason });
export const balancer = (evidence: Loose) => evidence.loadBalancers.value[0];
export const task = (evidence: Loose) => evidence.tasks.value[0];
export const endTask = (evidence: Loose, more: object) => {
  Object.assign(task(evidence), { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', ...more });
  evidence.groups.value[0].found.targets = [];
};
