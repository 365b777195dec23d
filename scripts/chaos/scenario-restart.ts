import { busEvent, invokeWell } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { sendOlderStop } from './scenario-start.ts';
import { isUp, liveTasksOf } from './truth.ts';

const service = 'api';

export const restart: Scenario = {
  name: 'restart',
  description: 'The service is healthy, and an event requests a restart. The older request is a stop.',
  services: { [service]: 1 },
  mostKept: 2,
  announcesFailure: true,
  // Long enough to expose a restart that deregisters the old task too early.
  durations: { targetRegistrationMs: [2_000, 2_500] },
  async prepare(world) {
    await invokeWell(world, { action: 'start', service, wait: 'healthy' });
    const [old] = liveTasksOf(world, service);
    const isReplaced = () => isUp(world, service) && liveTasksOf(world, service)[0]?.taskArn !== old?.taskArn;
    return {
      event: (requestedAt) => busEvent('Restart ECS Task', { service }, requestedAt),
      checkAnswer: ({ failed }) =>
        failed || isReplaced() ? undefined : 'the restart reported success, but the old task was not replaced',
      judge(ending) {
        if (!isUp(world, service)) return { violation: 'the service is down (invariant 4)' };
        if (!ending.failed) return isReplaced() ? withRetry('replaced', ending) : { violation: 'the old task is back' };
        return { outcome: isReplaced() ? 'failed, then replaced' : 'failed, the old task serves' };
      },
      async sendOlderRequest(requestedAt) {
        return isReplaced() ? sendOlderStop(world, requestedAt - 1) : undefined;
      },
    };
  },
};
