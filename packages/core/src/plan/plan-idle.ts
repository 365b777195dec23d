import { lastAskedFor, leaseEndOf } from '../model/adoptions.ts';
import { cordonOf, freshCordonMs, type NotIdle, type Review } from '../model/idle.ts';
import type { GroupUse } from '../model/request-meter.ts';
import type { IdleSettings } from '../model/service-mapping.ts';
import { isKept, isLive, type Task } from '../model/task.ts';
import { isHealthyEverywhere, routesTo, type View } from '../model/view.ts';
import { isLeftAlone } from './plan-route.ts';

const minuteMs = 60_000;
/** Until then the metrics of a minute may be incomplete: an absent value proves nothing. */
export const metricDelayMs = 180_000;
/** The second look at the metrics comes no sooner than this after the cordon, in milliseconds. */
const secondLookMs = 240_000;

/**
 * What becomes of a service that is up. An idle stop takes two reconciles, because metrics are minutes late: the first writes a cordon
 * and sends requests to the activator, the second looks at the whole time up to then and either stops the task or removes the cordon.
 */
export type IdleDecision =
  | { readonly kind: 'keep'; readonly task: Task; readonly reason: NotIdle; readonly endsCordon: boolean }
  | { readonly kind: 'cordon' | 'stop'; readonly task: Task };

/** Undefined for a service that is down, and for one that is not stopped when it is idle. */
export function decideIdle(view: View): IdleDecision | undefined {
  const { idle, use = [] } = view.review ?? {};
  const task = view.tasks.find(isKept);
  if (idle === undefined || task === undefined) return undefined;
  const routes = routesTo(view, task);
  const standing = cordonOf(task, view.at);
  // A route that still leads to the service was not changed in time, so the cordon has to be written again.
  const isLate = standing !== undefined && view.at - standing.at > freshCordonMs;
  const cordon = isLate && routes.some(({ state }) => state === 'service') ? undefined : standing;
  const keep = (reason: NotIdle, endsCordon = standing !== undefined) =>
    ({ kind: 'keep', task, reason, endsCordon }) as const;

  if (routes.length === 0 || routes.some(isLeftAlone)) return keep('not-observed');
  const isAlone = view.tasks.filter(isLive).length === 1;
  if (!isAlone || !isHealthyEverywhere(view, task)) return keep('operation-under-way');
  if (cordon === undefined && routes.some(({ state }) => state !== 'service')) return keep('operation-under-way');
  // The metrics of the time up to the cordon are not complete yet.
  if (cordon !== undefined && view.at - cordon.at < secondLookMs) return keep('operation-under-way', false);
  const reason = whyWanted(task, idle, view.at) ?? whyUsed(idle, use, view.at, cordon?.at);
  if (reason !== undefined) return keep(reason);
  return { kind: cordon === undefined ? 'cordon' : 'stop', task };
}

/** Why the task alone shows that the service is wanted; undefined when it does not. */
export function whyWanted(task: Task, idle: IdleSettings, now: number): NotIdle | undefined {
  if (idle.longConnections) return 'long-connections';
  const leaseEnd = leaseEndOf(task);
  if (leaseEnd !== undefined && now < leaseEnd) return 'lease';
  if (task.upAt === undefined || now - task.upAt < idle.minUpSeconds * 1000) return 'too-young';
  const unusedMs = now - Math.max(lastAskedFor(task), task.upAt);
  return unusedMs < idle.afterSeconds * 1000 + metricDelayMs ? 'recent-use' : undefined;
}

/**
 * Why the metrics do not show that the service was unused; undefined when they do. A count that is present is use at once. Only a
 * whole window of minutes in which the targets were observed proves that there was none.
 */
function whyUsed(
  { afterSeconds, ignoreRequests }: IdleSettings,
  use: readonly GroupUse[],
  now: number,
  cordonedAt: number | undefined,
): NotIdle | undefined {
  const from = (cordonedAt ?? now) - metricDelayMs - afterSeconds * 1000;
  const until = cordonedAt ?? now - metricDelayMs;
  const counts = use.flatMap(({ requests }) => [...requests].filter(([minute]) => minute + minuteMs > from));
  const sum = counts.reduce((total, [, count]) => total + count, 0);
  if (sum > ignoreRequests) return 'recent-use';
  const isObserved = (group: GroupUse) =>
    group.isComplete && minutesIn(from, until).every((minute) => group.healthyHosts.has(minute));
  return use.length > 0 && use.every(isObserved) ? undefined : 'not-observed';
}

/** The starts of the minutes that lie within the time; at least one. */
function minutesIn(from: number, until: number): readonly number[] {
  const first = Math.ceil(from / minuteMs);
  const count = Math.max(1, Math.floor(until / minuteMs) - first);
  return Array.from({ length: count }, (_, index) => (first + index) * minuteMs);
}

/** How far back the metrics must be read to decide about an idle stop, in milliseconds: a cordon stands for up to 15 minutes. */
export function meteredMs({ afterSeconds }: IdleSettings): number {
  return afterSeconds * 1000 + metricDelayMs + 960_000;
}

/** Whether the end of the task's lease stops it, although no person requests that. */
export function endsWithLease({ idle }: Review): boolean {
  return idle === undefined || idle.longConnections;
}
