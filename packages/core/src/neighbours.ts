import { addressesOf } from './addresses.ts';
import { describeListed } from './describe-listed.ts';
import { type StartEnginesError, toStartEnginesError } from './errors.ts';
import { Gathering } from './gathering.ts';
import { listPresent } from './list-present.ts';
import type { Ports, TaskRunner } from './ports.ts';
import { isLive, type Task } from './task.ts';

/**
 * The live tasks of the clusters, whoever started them: who has an address that another task had before. Or why they could
 * not be read.
 */
export type Neighbours = {
  /** When the reading began, in milliseconds since the epoch. */
  readonly readAt: number;
} & (
  | {
      readonly readable: true;
      readonly byAddress: ReadonlyMap<string, readonly Task[]>;
      /** ECS shows no address of these yet. */
      readonly withoutAddress: readonly Task[];
      /** All tasks that were read, those that have ended since they were listed included. */
      readonly tasks: readonly Task[];
    }
  | { readonly readable: false; readonly problem: StartEnginesError }
);

/** Reads the neighbours in these clusters. Rejects only with `Internal`. */
export type ReadNeighbours = (clusters: readonly string[]) => Promise<Neighbours>;

/** @param tasks Any tasks; those that are not live are left out. */
export function neighboursAmong(tasks: readonly Task[], readAt: number): Neighbours {
  const byAddress = new Map<string, Task[]>();
  const withoutAddress: Task[] = [];
  for (const task of tasks.filter(isLive)) {
    const addresses = addressesOf(task);
    if (addresses.length === 0) withoutAddress.push(task);
    for (const address of addresses) byAddress.set(address, [...(byAddress.get(address) ?? []), task]);
  }
  return { readable: true, readAt, byAddress, withoutAddress, tasks };
}

type Reading = () => Neighbours;

/** Services that one process looks after at the same time share a reading. */
const readings = new WeakMap<TaskRunner, Map<string, Gathering<undefined, Neighbours>>>();

/**
 * Lists the clusters whole, once: a reading that AWS throttles or refuses is not repeated. Many processes may ask at the same
 * time, after a zone has failed, and the next look asks again.
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
