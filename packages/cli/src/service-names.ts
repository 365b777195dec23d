import { isServiceName } from '@start-engines/core';
import { usageError } from './cli-error.ts';

/** The names as given, without duplicates. @throws CliError `Usage` */
export function readServiceNames(names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (!isServiceName(name)) {
      throw usageError(
        `"${name}" is not a service name: use 1 to 24 of a-z, 0-9 and "-", starting with a letter. "all" and "defaults" are reserved.`,
      );
    }
  }
  return [...new Set(names)];
}
