import { toStartEnginesError } from '../model/errors.ts';
import { type Neighbours, neighboursAmong } from '../model/neighbours.ts';
import type { Ports, TaskRunner } from '../model/ports.ts';
import type { Task } from '../model/task.ts';
import { describeListed } from './describe-listed.ts';
import { Gathering } from './gathering.ts';
import { listPresent } from './list-present.ts';

/** Reads the live tasks of these clusters. Rejects only with `Internal`. */
export type ReadNeighbours = (clusters: readonly string[]) => Promise<Neighbours>;

type Reading = () => Neighbours;

/** Services handled by one process at the same time share a reading. */
const readings = new WeakMap<TaskRunner, Map<string, Gathering<undefined, Neighbours>>>();

/**
 * Lists the clusters whole, once. A failed reading is not repeated here, because many processes may read at the same time after a
 * zone failure. The next look reads again.
 */
export function neighbourReader(ports: Pick<Ports, 'tasks' | 'clock' | 'journal'>, service: string): ReadNeighbours {
  return async (clusters) => {
    const ofRunner = readings.get(ports.tasks) ?? new Map<string, Gathering<undefined, Neighbours>>();
    readings.set(ports.tasks, ofRunner);
    const key = clusters.toSorted().join(' ');
    const gathering =
      ofRunner.get(key) ??
      new Gathering(ports.clock, async (): Promise<Reading> => {
        const neighbours = await read(ports, clusters);
        return () => neighbours;
      });
    ofRunner.set(key, gathering);
    const neighbours = await gathering.ask(undefined);
    if (!neighbours.readable) {
      const { code, message } = neighbours.problem;
      ports.journal.record({ service, kind: 'aws-trouble', code, message });
    }
    return neighbours;
  };
}

async function read(
  ports: Pick<Ports, 'tasks' | 'clock' | 'journal'>,
  clusters: readonly string[],
): Promise<Neighbours> {
  const readAt = ports.clock.now();
  try {
    const found = await Promise.all(clusters.map((cluster) => readRunning(ports, cluster)));
    return neighboursAmong(found.flat(), readAt);
  } catch (caught) {
    const problem = toStartEnginesError(caught);
    if (problem.code === 'Internal') throw problem;
    return { readable: false, readAt, problem };
  }
}

async function readRunning(
  ports: Pick<Ports, 'tasks' | 'clock' | 'journal'>,
  cluster: string,
): Promise<readonly Task[]> {
  const taskArns = await listPresent(ports, 'all', () => ports.tasks.listCluster(cluster, 'RUNNING'));
  return describeListed(ports, cluster, taskArns ?? []);
}
