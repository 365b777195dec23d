import type { MappingVersions } from '@start-engines/core';
import type { ServiceReport, TaskReport } from '../fetch-status.ts';

/** The mapping version of a task, compared with the newest one. */
export interface MappingVersionOfTask {
  /** `mapping version 3 (newest: 5)`. */
  readonly text: string;
  readonly isOutdated: boolean;
}

/** Undefined if the version of the task is unknown. */
export function describeMappingVersion(
  { mapping: { versions: newest } }: Pick<ServiceReport, 'mapping'>,
  { launch }: Pick<TaskReport, 'launch'>,
): MappingVersionOfTask | undefined {
  const used = launch?.mappingVersions;
  if (used === undefined) return undefined;
  if (newest === undefined) return { text: `mapping version ${used.service}`, isOutdated: false };
  // A parameter that was deleted and created again starts at version 1, so a newer version may have a lower number.
  const haveSameDefaults = used.defaults === newest.defaults;
  const isOutdated = used.service !== newest.service || !haveSameDefaults;
  const format = ({ service, defaults }: MappingVersions) =>
    haveSameDefaults ? `${service}` : `${service}, defaults ${defaults ?? 'none'}`;
  return {
    text: `mapping version ${format(used)} (${isOutdated ? `newest: ${format(newest)}` : 'the newest'})`,
    isOutdated,
  };
}
