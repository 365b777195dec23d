import { isLive, lastAskedFor, type RetireMark, type Task } from './task.ts';

/** The newer of two readings; what was ever written on the task stays known, for tags can be read late. */
export function mergeReadings(known: Task | undefined, read: Task): Task {
  return withoutOutdatedMark(known === undefined ? read : merge(known, read));
}

/** A stop's mark counts for nothing on a live task that was asked for later than the stop: the later wish holds. */
function withoutOutdatedMark(task: Task): Task {
  const { retire, ...unmarked } = task;
  return retire?.by === 'stop' && retire.asked < lastAskedFor(task) && isLive(task) ? unmarked : task;
}

function merge(known: Task, read: Task): Task {
  const [newer, older] = read.version >= known.version ? [read, known] : [known, read];
  const goneAlready = known.desiredStatus === 'STOPPED' || read.desiredStatus === 'STOPPED';
  const adoptedAsked = Math.max(newer.adoptedAsked ?? 0, older.adoptedAsked ?? 0);
  const retire = laterMark(newer.retire, older.retire);
  const privateIp = newer.privateIp ?? older.privateIp;
  const facts = newer.facts ?? older.facts;
  return {
    ...older,
    ...newer,
    desiredStatus: goneAlready ? 'STOPPED' : newer.desiredStatus,
    createdAt: newer.createdAt || older.createdAt,
    ...(facts === undefined ? {} : { facts }),
    ...(privateIp === undefined ? {} : { privateIp }),
    ...(retire === undefined ? {} : { retire }),
    ...(adoptedAsked === 0 ? {} : { adoptedAsked }),
  };
}

/** A stop's mark is not forgotten for an older one that is read late. */
function laterMark(newer: RetireMark | undefined, older: RetireMark | undefined): RetireMark | undefined {
  if (newer === undefined || older === undefined) return newer ?? older;
  const olderHolds = older.by === 'stop' && (newer.by !== 'stop' || newer.asked < older.asked);
  return olderHolds ? older : newer;
}
