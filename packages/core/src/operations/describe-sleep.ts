import { lastAskedFor, leaseEndOf } from '../model/adoptions.ts';
import { toStartEnginesError } from '../model/errors.ts';
import type { SleepStatus } from '../model/operation-types.ts';
import { mergePauses, neverPaused, type Pause, pausedSince } from '../model/pauses.ts';
import type { Ports } from '../model/ports.ts';
import type { GroupUse } from '../model/request-meter.ts';
import type { IdleSettings, ServiceMapping } from '../model/service-mapping.ts';
import { compareNewestFirst, isKept, isLive, type Task } from '../model/task.ts';
import { wakesFrom } from '../plan/back-off.ts';
import { meteredMs, metricDelayMs } from '../plan/plan-idle.ts';
import { readRoute } from '../session/read-route.ts';

const minuteMs = 60_000;

/** Describes whether services that requests can wake are up. Pauses are read once for all of them. */
export function sleepReader(ports: Ports): (mapping: ServiceMapping, tasks: readonly Task[]) => Promise<SleepStatus> {
  let pauses: Promise<ReadonlyMap<string, Pause>> | undefined;
  return async (mapping, tasks) => {
    const { service, routes = [], idle } = mapping;
    const now = ports.clock.now();
    pauses ??= readPauses(ports);
    const kept = tasks.find(isKept);
    const [views, known, use] = await Promise.all([
      Promise.all(routes.map((route) => readRoute(ports, service, route))),
      pauses,
      idle === undefined || kept === undefined ? [] : readUse(ports, mapping, idle, now),
    ]);
    const pausedAt = pausedSince(mergePauses(known.get('all') ?? neverPaused, known.get(service) ?? neverPaused));
    const ended = tasks.filter((task) => !isLive(task)).toSorted(compareNewestFirst)[0];
    const retryAt = kept === undefined ? wakesFrom(ended) : undefined;
    const isFailed = retryAt !== undefined && retryAt > now;
    const isUp = kept?.upAt !== undefined;
    const whileDown = pausedAt !== undefined ? 'paused' : isFailed ? 'failed' : 'asleep';
    return {
      state: isUp ? 'up' : kept !== undefined ? 'waking' : whileDown,
      ...(pausedAt === undefined ? {} : { pausedAt }),
      ...(isFailed ? { retryAt } : {}),
      routes: views.map(({ problem, ...route }) => ({ ...route, ...(problem && { problem: problem.message }) })),
      ...(idle === undefined || kept === undefined ? {} : useOf(kept, idle, use, now)),
    };
  };
}

async function readPauses(ports: Ports): Promise<ReadonlyMap<string, Pause>> {
  try {
    return await ports.pauses.list();
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service: 'all', kind: 'aws-trouble', code, message });
    return new Map();
  }
}

/** Empty when it could not be read. */
async function readUse(
  ports: Ports,
  { service, routes = [] }: ServiceMapping,
  idle: IdleSettings,
  now: number,
): Promise<readonly GroupUse[]> {
  try {
    return [...(await ports.meter.read(routes, now - meteredMs(idle), now)).values()];
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service, kind: 'aws-trouble', code, message });
    return [];
  }
}

/** When the task was last used, and when an idle stop may begin if it is not used again. */
function useOf(
  task: Task,
  { afterSeconds, minUpSeconds, longConnections }: IdleSettings,
  use: readonly GroupUse[],
  now: number,
): Pick<SleepStatus, 'lastUsedAt' | 'idleAt'> {
  const minutes = use.flatMap(({ requests }) =>
    [...requests].flatMap(([minute, count]) => (count > 0 ? [minute] : [])),
  );
  const lastUsedAt = Math.max(lastAskedFor(task), ...minutes.map((minute) => Math.min(now, minute + minuteMs)));
  if (longConnections || use.length === 0 || task.upAt === undefined) return { lastUsedAt };
  const idleAt = Math.max(
    Math.max(lastUsedAt, task.upAt) + afterSeconds * 1000 + metricDelayMs,
    task.upAt + minUpSeconds * 1000,
    leaseEndOf(task) ?? 0,
  );
  return { lastUsedAt, idleAt };
}
