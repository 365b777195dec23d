import { isMissingCluster, toStartEnginesError } from '../model/errors.ts';
import type { Ports } from '../model/ports.ts';

/**
 * What a list names; undefined where AWS knows no such cluster, so no task can be in it. A cluster may be deleted before
 * the function's CLUSTERS are edited. The journal says so.
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
