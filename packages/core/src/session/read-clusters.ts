import { clusterName, distinctClusters } from '../model/clusters.ts';
import { type StartEnginesError, toStartEnginesError } from '../model/errors.ts';
import { ownerOf, serviceOfOwner } from '../model/identity.ts';
import type { Ports } from '../model/ports.ts';
import type { Task } from '../model/task.ts';
import { describeListed } from './describe-listed.ts';
import { listPresent } from './list-present.ts';
import { mapWithLimit } from './map-with-limit.ts';

const clustersAtOnce = 10;

/** What was found in several clusters. An unreadable cluster does not hide the others. */
export interface ClusterReadings {
  readonly tasks: readonly Task[];
  /** Why a cluster could not be read, by its name. */
  readonly unreadable: ReadonlyMap<string, StartEnginesError>;
  /** Names of clusters that do not exist. */
  readonly missing: ReadonlySet<string>;
}

/**
 * Reads the tasks of each cluster: RUNNING first, then STOPPED, so that no task that ends in between is missed.
 *
 * @param service reads only the tasks of this service; undefined lists each cluster whole, 100 tasks per call
 */
export async function readClusters(
  ports: Ports,
  clusters: readonly string[],
  service?: string,
): Promise<ClusterReadings> {
  const tasks: Task[] = [];
  const unreadable = new Map<string, StartEnginesError>();
  const missing = new Set<string>();
  await mapWithLimit(distinctClusters(clusters), clustersAtOnce, async (cluster) => {
    try {
      const found = await readCluster(ports, cluster, service);
      if (found === undefined) missing.add(clusterName(cluster));
      else tasks.push(...found);
    } catch (caught) {
      unreadable.set(clusterName(cluster), toStartEnginesError(caught));
    }
  });
  return { tasks, unreadable, missing };
}

/** Undefined for a cluster that does not exist. */
async function readCluster(
  ports: Ports,
  cluster: string,
  service: string | undefined,
): Promise<readonly Task[] | undefined> {
  const list = (desiredStatus: 'RUNNING' | 'STOPPED') =>
    listPresent(ports, service ?? 'all', () =>
      service === undefined
        ? ports.tasks.listCluster(cluster, desiredStatus)
        : ports.tasks.list(cluster, ownerOf(ports.workspace, service), desiredStatus),
    );
  const running = await list('RUNNING');
  const stopped = await list('STOPPED');
  if (running === undefined || stopped === undefined) return undefined;
  return describeListed(ports, cluster, [...new Set([...running, ...stopped])]);
}

/** The tasks that this system started in the workspace, by service. */
export function groupByService(
  { workspace }: Pick<Ports, 'workspace'>,
  tasks: readonly Task[],
): ReadonlyMap<string, readonly Task[]> {
  const byService = new Map<string, Task[]>();
  for (const task of tasks) {
    const service = serviceOfOwner(workspace, task.startedBy);
    if (service === undefined) continue;
    const known = byService.get(service);
    if (known === undefined) byService.set(service, [task]);
    else known.push(task);
  }
  return byService;
}
