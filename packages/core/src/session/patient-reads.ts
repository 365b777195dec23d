import type { Patience, Ports } from '../model/ports.ts';
import { persist } from './persist.ts';

/**
 * The same ports, on which each reading of tasks, mappings and notes of stops is repeated by itself while AWS throttles it. A
 * look consists of several readings, and repeating all of them because of the last one would request again what AWS has
 * answered.
 *
 * @param until Milliseconds since the epoch after which no new try is begun.
 * @param onPause Told the milliseconds of each pause.
 */
export function patientReads(ports: Ports, service: string, until: number, onPause?: (delayMs: number) => void): Ports {
  const { tasks, mappings, stopNotes } = ports;
  const patiently: Patience = (read) => persist(ports, service, until, read, onPause);
  return {
    ...ports,
    mappings: {
      load: (name, readSince, own = patiently) => mappings.load(name, readSince, own),
      list: (own = patiently) => mappings.list(own),
    },
    stopNotes: {
      note: (name, asked) => stopNotes.note(name, asked),
      latest: (name) => patiently(() => stopNotes.latest(name)),
    },
    tasks: {
      ...tasks,
      describe: (cluster, taskArns) => patiently(() => tasks.describe(cluster, taskArns)),
      list: (cluster, startedBy, desiredStatus) => patiently(() => tasks.list(cluster, startedBy, desiredStatus)),
      listCluster: (cluster, desiredStatus) => patiently(() => tasks.listCluster(cluster, desiredStatus)),
    },
  };
}
