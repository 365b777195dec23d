import { busEvent, invokeWell } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { stopAskedAt } from './scenario-start.ts';
import { isUp, liveTasksOf } from './truth.ts';

const service = 'api';

export const restart: Scenario = {
  name: 'restart',
  description: 'The service is up and healthy; an event asks for a restart. Later comes an earlier stop.',
  services: { [service]: 1 },
  mostLive: 2,
  tellsFailure: true,
  // Long enough for a restart that is in a hurry to be seen.
  durations: { targetRegistrationMs: [2_000, 2_500] },
  async prepare(world) {
    await invokeWell(world, { action: 'start', service, wait: 'healthy' });
    const [old] = liveTasksOf(world, service);
    const isReplaced = () => isUp(world, service) && liveTasksOf(world, service)[0]?.taskArn !== old?.taskArn;
    return {
      event: (askedAt) => busEvent('Restart ECS Task', { service }, askedAt),
      claim: ({ failed }) =>
        failed || isReplaced() ? undefined : 'the restart was answered, and the old task is there',
      judge(ending) {
        if (!isUp(world, service)) return { complaint: 'the service is down (invariant 4)' };
        if (!ending.failed) return isReplaced() ? withRetry('replaced', ending) : { complaint: 'the old task is back' };
        return { word: isReplaced() ? 'failed, then replaced' : 'failed, the old one serves' };
      },
      async lateWish(askedAt) {
        return isReplaced() ? stopAskedAt(world, askedAt - 1) : undefined;
      },
    };
  },
};
