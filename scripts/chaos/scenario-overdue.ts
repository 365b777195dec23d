import { invokeWell, until } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { isDown } from './truth.ts';

const service = 'api';
const startTimeoutSeconds = 10;
/** What the launcher of a task has for taking it down, before others do. */
const launcherGraceSeconds = 15;

export const overdue: Scenario = {
  name: 'overdue',
  description:
    'A start that waited for nothing has launched a task that never comes to run; a reconcile past its deadline.',
  services: { [service]: 1 },
  mostLive: 1,
  tellsFailure: false,
  durations: { imagePullMs: [3_600_000, 3_600_000] },
  mapping: { startTimeoutSeconds },
  stuck: true,
  async prepare(world) {
    await invokeWell(world, { action: 'start', service, wait: 'none' });
    const overdueFrom = world.sandbox.clock.now() + (startTimeoutSeconds + launcherGraceSeconds) * 1000;
    await until('its deadline', () => world.sandbox.clock.now() > overdueFrom);
    return {
      event: () => ({ action: 'reconcile' }),
      claim: ({ failed }) =>
        failed || isDown(world, service) ? undefined : 'the reconcile was answered, and the late task lives on',
      judge(ending) {
        if (!isDown(world, service)) return { complaint: 'the late task lives on after a quiet reconcile' };
        return ending.failed ? { word: 'failed, then taken down' } : withRetry('taken down', ending);
      },
    };
  },
};
