import { invokeWell, until } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { isDown } from './truth.ts';

const service = 'api';
const startTimeoutSeconds = 10;
/** How long only the start that launched the task may stop it. */
const launcherGraceSeconds = 15;

export const overdue: Scenario = {
  name: 'overdue',
  description:
    'A start without waiting has launched a task that never runs. Its deadline has passed, and a reconcile is due.',
  services: { [service]: 1 },
  mostKept: 1,
  announcesFailure: false,
  durations: { imagePullMs: [3_600_000, 3_600_000] },
  mapping: { startTimeoutSeconds },
  stuck: true,
  async prepare(world) {
    await invokeWell(world, { action: 'start', service, wait: 'none' });
    const overdueFrom = world.sandbox.clock.now() + (startTimeoutSeconds + launcherGraceSeconds) * 1000;
    await until('the deadline of the task', () => world.sandbox.clock.now() > overdueFrom);
    return {
      event: () => ({ action: 'reconcile' }),
      checkAnswer: ({ failed }) =>
        failed || isDown(world, service)
          ? undefined
          : 'the reconcile reported success, but the overdue task is still live',
      judge(ending) {
        if (!isDown(world, service))
          return { violation: 'the overdue task is still live after a reconcile without faults' };
        return ending.failed ? { outcome: 'failed, then stopped' } : withRetry('stopped', ending);
      },
    };
  },
};
