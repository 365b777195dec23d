import { lateAfterMs, type RetireMark, type Task } from './task.ts';

/** A request for the service that a task records when a start or a wake adopts it. */
export interface Adoption {
  /** Milliseconds since the epoch. */
  readonly asked: number;
  /** A request to the service, and not a person or an application. */
  readonly isWake?: true | undefined;
  /** Until when the service is requested (ms since the epoch). Absent: without an end, or for a wake as long as before. */
  readonly leaseUntil?: number | undefined;
}

/** When the task was last requested, in milliseconds since the epoch: by the start that launched it, or by a later one that adopted it. */
export function lastAskedFor(task: Task): number {
  return Math.max(task.facts?.asked ?? 0, task.adoptedAsked ?? 0, task.wokenAsked ?? 0);
}

/** When a person or an application last requested the task, in milliseconds since the epoch; 0 for never. */
export function lastAskedByPerson({ facts, adoptedAsked = 0 }: Task): number {
  return Math.max(facts === undefined || facts.wake ? 0 : facts.asked, adoptedAsked);
}

/** When the task was last requested by someone who may overrule the mark. A wake never ends a pause. */
export function lastAskedAgainst({ kind }: Pick<RetireMark, 'kind'>, task: Task): number {
  return kind === 'pause' ? lastAskedByPerson(task) : lastAskedFor(task);
}

/** Until when the service is requested, in milliseconds since the epoch; undefined without an end. */
export function leaseEndOf({ facts, leaseUntil = 0 }: Task): number | undefined {
  const end = Math.max(facts?.leaseUntil ?? Number.POSITIVE_INFINITY, leaseUntil);
  return Number.isFinite(end) ? end : undefined;
}

/** When the lease of a task ends that replaces another one, in milliseconds since the epoch; undefined without an end. */
export function extendLease(leaseUntil: number | undefined, replaced: Task | undefined): number | undefined {
  const former = replaced === undefined ? 0 : leaseEndOf(replaced);
  return leaseUntil === undefined || former === undefined ? undefined : Math.max(leaseUntil, former);
}

/** What a start or a wake records on the task: no adoption shortens the lease, also when its tag replaces an earlier one's. */
export function adoptionFor(task: Task, { asked, isWake, leaseUntil }: Adoption): Adoption {
  const latest = isWake ? asked : Math.max(asked, lastAskedByPerson(task));
  const end = extendedLease(task, { asked, isWake, leaseUntil });
  return {
    asked: latest,
    ...(isWake ? { isWake } : {}),
    ...(end === undefined || !Number.isFinite(end) ? {} : { leaseUntil: end }),
  };
}

/** Whether the task shows that: a request at least as late, and a lease at least as long. */
export function isAdoptionNoted(task: Task, adoption: Adoption): boolean {
  const last = adoption.isWake ? lastAskedFor(task) : lastAskedByPerson(task);
  const end = leaseEndOf(task);
  return adoption.asked <= last && (end === undefined || (extendedLease(task, adoption) ?? 0) <= end);
}

/** When the lease ends after the adoption, in milliseconds since the epoch; undefined for a task without a lease. */
function extendedLease(task: Task, { isWake, leaseUntil }: Adoption): number | undefined {
  const end = leaseEndOf(task);
  return end === undefined ? undefined : Math.max(end, leaseUntil ?? (isWake ? 0 : Number.POSITIVE_INFINITY));
}

/** The task after a start or a wake has adopted it. A lease is only ever extended. */
export function withAdoption(task: Task, { asked, isWake, leaseUntil }: Adoption): Task {
  const end = task.facts?.leaseUntil === undefined ? 0 : (leaseUntil ?? (isWake ? 0 : Number.POSITIVE_INFINITY));
  return {
    ...task,
    ...(isWake
      ? { wokenAsked: Math.max(task.wokenAsked ?? 0, asked) }
      : { adoptedAsked: Math.max(task.adoptedAsked ?? 0, asked) }),
    ...(end === 0 ? {} : { leaseUntil: Math.max(task.leaseUntil ?? 0, end) }),
  };
}

/** Whether ECS created the task so long after the request that a stop in between may have missed the task. */
export function isLate(task: Task): boolean {
  return task.facts !== undefined && task.createdAt - lastAskedFor(task) > lateAfterMs;
}
