import { distinctClusters } from '../model/clusters.ts';
import { serviceOfOwner } from '../model/identity.ts';
import type { OperationContext } from '../model/operation-types.ts';
import type { Ports } from '../model/ports.ts';
import { stopStartingAt } from '../plan/time-left.ts';
import { withClaimedFacts } from '../session/claimed-facts.ts';
import { describeListed } from '../session/describe-listed.ts';
import { listPresent } from '../session/list-present.ts';
import { patientReads } from '../session/patient-reads.ts';
import { persist } from '../session/persist.ts';

/**
 * The names of all services that have a mapping or a running task in the function's clusters, sorted. Each cluster is listed whole,
 * 100 tasks per call.
 *
 * @throws StartEnginesError `MappingUnavailable` or an AWS code.
 */
export async function listServices(ports: Ports, context: OperationContext): Promise<readonly string[]> {
  const named = await patientReads(ports, 'all', { until: stopStartingAt(context) }).mappings.list();
  const owners = await persist(ports, 'all', stopStartingAt(context), () => readOwners(withClaimedFacts(ports, 'all')));
  return [...new Set([...named, ...owners])].toSorted();
}

async function readOwners(ports: Ports): Promise<string[]> {
  const readings = await Promise.all(
    distinctClusters(ports.clusters).map(async (cluster) => {
      const taskArns = (await listPresent(ports, 'all', () => ports.tasks.listCluster(cluster, 'RUNNING'))) ?? [];
      return describeListed(ports, cluster, taskArns);
    }),
  );
  return readings.flat().flatMap((task) => serviceOfOwner(ports.workspace, task.startedBy) ?? []);
}
