import { busEvent, invoke, invokeWell } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { isDown, isUp, liveTasksOf } from './truth.ts';

const service = 'api';

export const stop: Scenario = {
  name: 'stop',
  description: 'The service is up; an event asks for a stop. Later comes an earlier start.',
  services: { [service]: 1 },
  mostLive: 1,
  tellsFailure: true,
  async prepare(world) {
    await invokeWell(world, { action: 'start', service });
    return {
      event: (askedAt) => busEvent('Stop ECS Tasks', { service }, askedAt),
      claim: ({ failed }) =>
        failed || isDown(world, service) ? undefined : 'the stop was answered, and it is not down',
      judge(ending) {
        if (!ending.failed) return isDown(world, service) ? withRetry('down', ending) : { complaint: 'it is up again' };
        if (isDown(world, service)) return { word: 'failed, then down' };
        return isUp(world, service) ? { word: 'failed, still up' } : { complaint: 'failed half-way' };
      },
      async lateWish(askedAt) {
        if (!isDown(world, service)) return undefined;
        await invoke(world, busEvent('Start ECS Task', { service }, askedAt - 1));
        return liveTasksOf(world, service).length === 0
          ? undefined
          : 'an earlier start that came late undid the stop (invariant 8)';
      },
    };
  },
};
