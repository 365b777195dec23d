import { Command } from 'commander';
import { addGlobalOptions, readGlobalOptions } from '../global-options.ts';
import type { Surroundings } from '../surroundings.ts';

/** Longer than that nobody waits for a Tab. */
const patienceMs = 2_000;

/**
 * The mappings that there are, for a command line that is being typed: in the workspace, the Region and with the profile that
 * it names. Never rejects: where AWS is slow, or says no, nothing is offered.
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

/** @throws when one of them cannot be */
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
