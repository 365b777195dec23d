import type { Patience, Ports } from '../model/ports.ts';
import { persist } from './persist.ts';

/**
 * The same ports, on which each read is repeated on its own while AWS throttles it or does not answer. A look consists of
 * several reads; repeating the whole look would repeat the reads that have succeeded. Health is not among them: a group that
 * cannot be read is part of what a look finds.
 *
 * @param limit.until Milliseconds since the epoch after which no read is repeated. It may change between reads.
 * @param onPause Called with the milliseconds of each pause.
 */
export function patientReads(
  ports: Ports,
  service: string,
  limit: { readonly until: number },
  onPause?: (delayMs: number) => void,
): Ports {
  const { tasks, targets, mappings, stopNotes, pauses } = ports;
  const patiently: Patience = (read) => persist(ports, service, limit.until, read, onPause);
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
    pauses: {
      ...pauses,
      read: (name) => patiently(() => pauses.read(name)),
      list: () => patiently(() => pauses.list()),
    },
    tasks: {
      ...tasks,
      describe: (cluster, taskArns, onUnverified) => patiently(() => tasks.describe(cluster, taskArns, onUnverified)),
      list: (cluster, startedBy, desiredStatus) => patiently(() => tasks.list(cluster, startedBy, desiredStatus)),
      listCluster: (cluster, desiredStatus) => patiently(() => tasks.listCluster(cluster, desiredStatus)),
    },
    targets: {
      ...targets,
      addressType: (targetGroupArn) => patiently(() => targets.addressType(targetGroupArn)),
    },
  };
}
