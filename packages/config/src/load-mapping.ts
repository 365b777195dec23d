import { type LoadedMapping, type MappingProblem, type parametersBelow, StartEnginesError } from '@start-engines/core';
import { chooseVersions, type VersionHistory } from './choose-versions.ts';
import { applyDeployedValues } from './deployed-values.ts';
import { mergeMapping } from './merge-mapping.ts';
import type { ParameterReader, StoredDocument } from './parameter-reader.ts';
import { formatProblems } from './problems.ts';

/**
 * Reads a service's mapping: the newest versions of its document and of the defaults. If these are invalid, it uses the newest valid
 * ones and reports the problems of the others.
 *
 * @throws StartEnginesError `UnknownService`, `MappingInvalid` or `MappingUnavailable`.
 */
export async function loadMapping(
  reader: ParameterReader,
  names: ReturnType<typeof parametersBelow>,
  service: string,
): Promise<LoadedMapping> {
  const ownName = `${names.services}/${service}`;
  const deployedName = `${names.deployed}/${service}`;
  const newest = await reader.readNewest([names.defaults, ownName, deployedName]);
  const own = newest.get(ownName);
  if (own === undefined) throw unknownService(service);
  const loaded = await resolveMapping(reader, service, own, newest.get(names.defaults));
  return applyDeployedValues(loaded, newest.get(deployedName));
}

/** The same for newest versions that are already read. @throws StartEnginesError as `loadMapping` */
export async function resolveMapping(
  reader: ParameterReader,
  service: string,
  own: StoredDocument,
  defaults: StoredDocument | undefined,
): Promise<LoadedMapping> {
  const { mapping, problems } = mergeMapping(defaults, own, service);
  if (mapping !== undefined) return toLoaded(mapping, own, defaults, []);
  return await loadOlder(reader, service, { own, defaults, problems });
}

/** The error for a name without a mapping. It names no other service. */
export function unknownService(service: unknown): StartEnginesError {
  // The name may be anything, so only a part of it is shown.
  const shown = typeof service === 'string' ? service.slice(0, 40) : typeof service;
  return new StartEnginesError('UnknownService', `There is no service ${JSON.stringify(shown)}.`, {
    context: { service: shown },
  });
}

interface BrokenNewest {
  readonly own: StoredDocument;
  readonly defaults: StoredDocument | undefined;
  readonly problems: readonly MappingProblem[];
}

async function loadOlder(
  reader: ParameterReader,
  service: string,
  { own, defaults, problems }: BrokenNewest,
): Promise<LoadedMapping> {
  let ownHistory: VersionHistory = { versions: [own], complete: false };
  let defaultsHistory: VersionHistory | undefined = defaults && { versions: [defaults], complete: false };
  for (;;) {
    const choice = chooseVersions(service, ownHistory, defaultsHistory);
    if (choice.kind === 'chosen') return toLoaded(choice.mapping, choice.own, choice.defaults, problems);
    if (choice.kind === 'none') throw mappingInvalid(service, problems);
    if (choice.of === 'own') ownHistory = await readFurther(reader, ownHistory);
    else defaultsHistory = defaultsHistory && (await readFurther(reader, defaultsHistory));
  }
}

async function readFurther(reader: ParameterReader, { versions }: VersionHistory): Promise<VersionHistory> {
  const oldest = versions.at(-1)?.reference;
  const older = oldest === undefined ? [] : await reader.readBefore(oldest.parameter, oldest.version);
  return { versions: [...versions, ...older], complete: older.length < 10 };
}

function toLoaded(
  mapping: LoadedMapping['mapping'],
  own: StoredDocument,
  defaults: StoredDocument | undefined,
  problems: readonly MappingProblem[],
): LoadedMapping {
  const service = own.reference.version;
  const versions = defaults === undefined ? { service } : { service, defaults: defaults.reference.version };
  return { mapping, versions, problems };
}

function mappingInvalid(service: string, problems: readonly MappingProblem[]): StartEnginesError {
  return new StartEnginesError(
    'MappingInvalid',
    `The mapping of service "${service}" has no valid version:\n${formatProblems(problems)}`,
    { context: { service, problems } },
  );
}
