import { persist } from './persist.ts';
import type { Ports } from './ports.ts';

/**
 * The same ports, on which each reading of tasks is tried again by itself while AWS throttles it: a look is made of several,
 * and to begin it anew for the sake of the last one would ask AWS again for all that it has answered.
 *
 * @param until Milliseconds since the epoch after which no new try is begun.
 * @param onPause Told the milliseconds of each pause.
 */
export function patientReads(ports: Ports, service: string, until: number, onPause?: (delayMs: number) => void): Ports {
  const { tasks } = ports;
  const patiently = <Result>(read: () => Promise<Result>) => persist(ports, service, until, read, onPause);
  return {
    ...ports,
    tasks: {
      ...tasks,
      describe: (cluster, taskArns) => patiently(() => tasks.describe(cluster, taskArns)),
      list: (cluster, startedBy, desiredStatus) => patiently(() => tasks.list(cluster, startedBy, desiredStatus)),
      listCluster: (cluster, desiredStatus) => patiently(() => tasks.listCluster(cluster, desiredStatus)),
    },
  };
}
