import { busEvent, invoke, invokeWell } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { isDown, isUp, liveTasksOf } from './truth.ts';

const service = 'api';

export const stop: Scenario = {
  name: 'stop',
  description: 'The service is up, and an event requests a stop. The older request is a start.',
  services: { [service]: 1 },
  mostKept: 1,
  announcesFailure: true,
  async prepare(world) {
    await invokeWell(world, { action: 'start', service });
    return {
      event: (requestedAt) => busEvent('Stop ECS Tasks', { service }, requestedAt),
      checkAnswer: ({ failed }) =>
        failed || isDown(world, service) ? undefined : 'the stop reported success, but the service is not down',
      judge(ending) {
        if (!ending.failed)
          return isDown(world, service) ? withRetry('down', ending) : { violation: 'the service is up again' };
        if (isDown(world, service)) return { outcome: 'failed, then down' };
        return isUp(world, service) ? { outcome: 'failed, still up' } : { violation: 'the stop failed half-way' };
      },
      async sendOlderRequest(requestedAt) {
        if (!isDown(world, service)) return undefined;
        await invoke(world, busEvent('Start ECS Task', { service }, requestedAt - 1));
        return liveTasksOf(world, service).length === 0
          ? undefined
          : 'an older start that arrived late launched a task (invariant 8)';
      },
    };
  },
};
