import { isMissingCluster, toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';

/**
 * What a list names; undefined when the cluster does not exist, so it has no tasks. A cluster may be deleted before it is removed
 * from the function's CLUSTERS. The journal records it.
 */
export async function listPresent(
  { journal }: Pick<Ports, 'journal'>,
  service: string,
  list: () => Promise<readonly string[]>,
): Promise<readonly string[] | undefined> {
  try {
    return await list();
  } catch (caught) {
    const error = toStartEnginesError(caught);
    if (!isMissingCluster(error)) throw error;
    journal.record({ service, kind: 'aws-trouble', code: error.code, message: error.message });
    return undefined;
  }
}
