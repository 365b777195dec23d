import { lastAskedFor, leaseEndOf } from '../model/adoptions.ts';
import { toStartEnginesError } from '../model/errors.ts';
import type { SleepStatus, StatusProblem } from '../model/operation-types.ts';
import { type Pause, pausedSince } from '../model/pauses.ts';
import type { Ports } from '../model/ports.ts';
import type { GroupUse } from '../model/request-meter.ts';
import type { IdleSettings, ServiceMapping } from '../model/service-mapping.ts';
import { compareNewestFirst, isKept, isLive, type Task } from '../model/task.ts';
import { wakesFrom } from '../plan/back-off.ts';
import { meteredMs, metricDelayMs } from '../plan/plan-idle.ts';
import { readRoute } from '../session/read-route.ts';

const minuteMs = 60_000;

export interface DescribedSleep {
  readonly sleep: SleepStatus;
  /** What could not be read, so that the description has gaps. */
  readonly problems: readonly StatusProblem[];
}

/** Describes whether services that requests can wake are up. Pauses are read once for all of them. */
export function sleepReader(
  ports: Ports,
): (mapping: ServiceMapping, tasks: readonly Task[]) => Promise<DescribedSleep> {
  let pauses: Promise<Reading<ReadonlyMap<string, Pause>>> | undefined;
  return async (mapping, tasks) => {
    const { service, routes = [], idle } = mapping;
    const now = ports.clock.now();
    pauses ??= tryToRead('The pauses of services', () => ports.pauses.list());
    const kept = tasks.find(isKept);
    const isMetered = idle !== undefined && kept !== undefined;
    const readUse = () => ports.meter.read(routes, now - (idle === undefined ? 0 : meteredMs(idle)), now);
    const [views, known, use] = await Promise.all([
      Promise.all(routes.map((route) => readRoute(ports, service, route))),
      pauses,
      isMetered ? tryToRead('The requests of the service', readUse) : undefined,
    ]);
    const pausedAt = pausedSince(known.value?.get(service));
    const ended = tasks.filter((task) => !isLive(task)).toSorted(compareNewestFirst)[0];
    const retryAt = kept === undefined ? wakesFrom(ended) : undefined;
    const isFailed = retryAt !== undefined && retryAt > now;
    const isUp = kept?.upAt !== undefined;
    const whileDown = pausedAt !== undefined ? 'paused' : isFailed ? 'failed' : 'asleep';
    return {
      sleep: {
        state: isUp ? 'up' : kept !== undefined ? 'waking' : whileDown,
        ...(pausedAt === undefined ? {} : { pausedAt }),
        ...(isFailed ? { retryAt } : {}),
        routes: views.map(({ problem, ...route }) => ({ ...route, ...(problem && { problem: problem.message }) })),
        ...(isMetered ? useOf(kept, idle, [...(use?.value?.values() ?? [])], now) : {}),
      },
      problems: [known.problem, use?.problem].filter((problem) => problem !== undefined),
    };
  };
}

interface Reading<Value> {
  readonly value?: Value;
  readonly problem?: StatusProblem;
}

/** @param what what is read, as the subject of a sentence */
async function tryToRead<Value>(what: string, read: () => Promise<Value>): Promise<Reading<Value>> {
  try {
    return { value: await read() };
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    return { problem: { code, message: `${what} could not be read: ${message}` } };
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
