import { lastAskedAgainst } from './adoptions.ts';
import { type Cordon, endedOfItself, isLive, type RetireMark, type Task } from './task.ts';
import { chooseRetireMark } from './task-marks.ts';

/** The newer of two readings, with everything ever seen in the task's tags: a tag can be read late. */
export function mergeReadings(known: Task | undefined, read: Task): Task {
  const [newer, older] = known === undefined || read.version >= known.version ? [read, known] : [known, read];
  const goneAlready = known?.desiredStatus === 'STOPPED' || read.desiredStatus === 'STOPPED';
  const latest = (name: 'adoptedAsked' | 'wokenAsked' | 'leaseUntil' | 'announcedLeaseEnd') => {
    const value = Math.max(newer[name] ?? 0, older?.[name] ?? 0);
    return value === 0 ? {} : { [name]: value };
  };
  const privateIp = newer.privateIp ?? older?.privateIp;
  const privateIpv6 = newer.privateIpv6 ?? older?.privateIpv6;
  // Facts never change, so once rejected they stay rejected.
  const isRefused = [newer, older].some((task) => task?.factsProblem?.kind === 'unauthentic');
  const facts = isRefused ? undefined : (newer.facts ?? older?.facts);
  const { retire: _, marks: __, factsProblem, ...unmarked } = { ...older, ...newer };
  const merged: Task = {
    ...unmarked,
    desiredStatus: goneAlready ? 'STOPPED' : newer.desiredStatus,
    createdAt: newer.createdAt || (older?.createdAt ?? 0),
    ...(facts === undefined ? (factsProblem === undefined ? {} : { factsProblem }) : { facts }),
    ...(privateIp === undefined ? {} : { privateIp }),
    ...(privateIpv6 === undefined ? {} : { privateIpv6 }),
    ...latest('adoptedAsked'),
    ...latest('wokenAsked'),
    ...latest('leaseUntil'),
    ...latest('announcedLeaseEnd'),
    ...laterCordon(newer.cordon, older?.cordon),
  };
  const marks = [
    ...new Map([...(older?.marks ?? []), ...(newer.marks ?? [])].map((one) => [keyOf(one), one])).values(),
  ];
  // A reading without the latest request has chosen a mark that this request makes void.
  const others = marks.filter((mark) => validMark(merged, mark) !== undefined);
  const retire =
    laterMark(validMark(merged, newer.retire), validMark(merged, older?.retire)) ??
    chooseRetireMark(others, (mark) => lastAskedAgainst(mark, merged));
  return {
    ...merged,
    ...(marks.length === 0 ? {} : { marks }),
    ...(retire === undefined ? {} : { retire }),
  };
}

function keyOf({ asked, by, kind }: RetireMark): string {
  return `${asked}/${kind ?? by}`;
}

function laterCordon(a: Cordon | undefined, b: Cordon | undefined): { readonly cordon?: Cordon } {
  const cordon = a !== undefined && b !== undefined && a.at < b.at ? b : (a ?? b);
  return cordon === undefined ? {} : { cordon };
}

/**
 * A stop's mark is void on a task that was requested later than the stop, unless the stop ended the task anyway: the latest
 * request wins. A start's mark is void on a task that another start reported as up.
 */
function validMark(task: Task, mark: RetireMark | undefined): RetireMark | undefined {
  const isVoid =
    mark?.by === 'stop' && mark.asked < lastAskedAgainst(mark, task) && (isLive(task) || endedOfItself(task));
  const isReported = mark?.by === 'start' && task.upAt !== undefined && isLive(task);
  return isVoid || isReported ? undefined : mark;
}

/** Keeps a stop's mark when an older one is read late. */
function laterMark(newer: RetireMark | undefined, older: RetireMark | undefined): RetireMark | undefined {
  if (newer === undefined || older === undefined) return newer ?? older;
  const olderHolds = older.by === 'stop' && (newer.by !== 'stop' || newer.asked < older.asked);
  return olderHolds ? older : newer;
}
