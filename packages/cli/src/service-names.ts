import { isServiceName } from '@start-engines/core';
import { usageError } from './cli-error.ts';

/** The names as given, each once. @throws CliError `Usage` */
export function readServiceNames(names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (!isServiceName(name)) {
      throw usageError(
        `"${name}" is no name of a service: 1 to 24 of a-z, 0-9 and "-", a letter first; not "all" or "defaults".`,
      );
    }
  }
  return [...new Set(names)];
}
