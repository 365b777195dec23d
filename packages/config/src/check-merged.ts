import { type MappingProblem, mostTaskTags } from '@start-engines/core';
import { exclusiveKeys, notFargate } from './check-document.ts';
import { checkWake } from './check-wake.ts';
import { type Documents, sourceOf } from './documents.ts';
import { isRecord } from './is-record.ts';
import { type KeyProblem, locate } from './problems.ts';

/** The keys that a mapping must have, in addition to a target group. */
export const requiredKeys = ['cluster', 'taskDefinition', 'port', 'subnets'] as const;

/** Problems of the two documents together, in addition to those of each one. */
export function checkMerged(documents: Documents): MappingProblem[] {
  return [
    ...checkRequired(documents),
    ...checkExclusive(documents),
    ...checkTags(documents),
    ...checkPlatform(documents),
    ...checkDependencies(documents),
    ...checkTargetGroups(documents),
    ...checkWake(documents),
  ];
}

function checkRequired(documents: Documents): MappingProblem[] {
  const { defaults, own } = documents;
  // What a document should contain is unknown if it is not an object.
  if (own.raw === undefined || (defaults !== undefined && defaults.raw === undefined)) return [];
  const where = defaults === undefined ? '' : `, here or in ${defaults.reference.parameter}`;
  const missing = (path: string, message: string) => locate({ path: [path], message }, own.reference);
  return [
    ...requiredKeys
      .filter((key) => sourceOf(documents, key) === undefined)
      .map((key) => missing(key, `is required${where}`)),
    ...((sourceOf(documents, 'targetGroupArn') ?? sourceOf(documents, 'targetGroups'))
      ? []
      : [missing('targetGroupArn', `is required${where} (or targetGroups)`)]),
  ];
}

/** Only conflicts between the two documents: those within one were found when it was read. */
function checkExclusive(documents: Documents): MappingProblem[] {
  return exclusiveKeys.flatMap(([one, other]) => {
    const { own } = documents;
    const [first, second] = [sourceOf(documents, one), sourceOf(documents, other)];
    if (first === undefined || second === undefined || first === second) return [];
    const [key, excluded, elsewhere] = first === own ? [one, other, second] : [other, one, first];
    const message = `excludes ${excluded}, which ${elsewhere.reference.parameter} gives: only one of the two may be given`;
    return [locate({ path: [key], message }, own.reference)];
  });
}

function checkTags({ defaults, own }: Documents): MappingProblem[] {
  const [common, special] = [defaults?.raw?.tags, own.raw?.tags];
  if (defaults === undefined || !isRecord(common) || !isRecord(special)) return [];
  const keys = new Set([...Object.keys(common), ...Object.keys(special)]);
  const isFoundAlready = [common, special].some((tags) => Object.keys(tags).length > mostTaskTags);
  if (keys.size <= mostTaskTags || isFoundAlready) return [];
  const message = `expected at most ${mostTaskTags} tags, got ${keys.size} with those of ${defaults.reference.parameter}`;
  return [locate({ path: ['tags'], message }, own.reference)];
}

/** Only conflicts between the two documents: those within one were found when it was read. */
function checkPlatform(documents: Documents): MappingProblem[] {
  const { own } = documents;
  const source = sourceOf(documents, 'platformVersion');
  const capacity = sourceOf(documents, 'launchType') ?? sourceOf(documents, 'capacityProviderStrategy');
  if (source === undefined || capacity === undefined || source === capacity) return [];
  const reason = notFargate(capacity.raw ?? {});
  if (reason === undefined) return [];
  const elsewhere = (source === own ? capacity : source).reference.parameter;
  const [key, message] =
    source === own
      ? ['platformVersion', `is for Fargate only, and in ${elsewhere} ${reason}`]
      : [
          capacity.raw?.launchType === undefined ? 'capacityProviderStrategy' : 'launchType',
          `is not Fargate, and ${elsewhere} gives a platformVersion, which is for Fargate only`,
        ];
  return [locate({ path: [key], message }, own.reference)];
}

function checkDependencies(documents: Documents): MappingProblem[] {
  const source = sourceOf(documents, 'dependsOn');
  const services = source?.raw?.dependsOn;
  const index = Array.isArray(services) ? services.indexOf(documents.service) : -1;
  if (source === undefined || index < 0) return [];
  return [locate({ path: ['dependsOn', index], message: 'a service cannot depend on itself' }, source.reference)];
}

/** Checked here, because a group without a port takes the port of the service, which may be in the other document. */
function checkTargetGroups(documents: Documents): MappingProblem[] {
  const source = sourceOf(documents, 'targetGroups');
  const groups = source?.raw?.targetGroups;
  if (source === undefined || !Array.isArray(groups)) return [];
  const servicePort = sourceOf(documents, 'port')?.raw?.port;
  const identities = groups.map((group) =>
    isRecord(group) && typeof group.arn === 'string' ? `${group.port ?? servicePort} ${group.arn}` : undefined,
  );
  const problems = identities.flatMap((identity, index): KeyProblem[] => {
    const first = identities.indexOf(identity);
    if (identity === undefined || first === index) return [];
    return [{ path: ['targetGroups', index], message: `repeats item ${first}: the same target group and port` }];
  });
  return problems.map((problem) => locate(problem, source.reference));
}
