import { Command } from 'commander';
import { addGlobalOptions, readGlobalOptions } from '../global-options.ts';
import type { Surroundings } from '../surroundings.ts';

/** The longest acceptable wait after a Tab. */
const patienceMs = 2_000;

/**
 * The names of the existing mappings, for the command line that is being typed, with its workspace, Region and profile. Never
 * rejects: if AWS is slow or refuses, there are no names.
 */
export async function readNames(
  words: readonly string[],
  environment: Surroundings['environment'],
): Promise<readonly string[]> {
  try {
    const { createAwsAccess } = await import('../aws-access.ts');
    const { createMappingStore } = await import('../mappings/mapping-store.ts');
    const options = readOptions(words);
    const aws = createAwsAccess(options, environment, AbortSignal.timeout(patienceMs));
    try {
      const store = await createMappingStore(aws, options.parameterPath);
      return (await store.readAll()).map(({ name }) => name);
    } finally {
      aws.destroy();
    }
  } catch {
    return [];
  }
}

/** @throws CliError `Usage` for an option that is not valid */
function readOptions(words: readonly string[]) {
  const reader = new Command()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .allowUnknownOption()
    .allowExcessArguments();
  addGlobalOptions(reader);
  reader.parse([...words], { from: 'user' });
  return readGlobalOptions(reader);
}
