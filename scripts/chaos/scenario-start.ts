import { busEvent, type CellWorld, invokeWell } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { isDown, isUp, tasksOf } from './truth.ts';

const service = 'api';

/** How late the event comes, in milliseconds: so late that the start always reads whether a stop has overtaken it. */
const lateMs = 10_000;

export const start: Scenario = {
  name: 'start',
  description: 'Nothing runs; an event asks for a start. Two target groups. Later comes an earlier stop.',
  services: { [service]: 2 },
  mostLive: 1,
  tellsFailure: true,
  async prepare(world) {
    return {
      event: (askedAt) => busEvent('Start ECS Task', { service }, askedAt - lateMs),
      claim: ({ failed }) => (failed || isUp(world, service) ? undefined : 'the start was answered, and nothing is up'),
      judge(ending) {
        if (!ending.failed) return isUp(world, service) ? withRetry('up', ending) : { complaint: 'it is up no more' };
        if (isDown(world, service)) return { word: 'failed, cleaned up' };
        // A start that may not even look at its task says that reconcile has to finish it.
        const said = ending.errorCodes.includes('CompensationFailed');
        return said && isUp(world, service)
          ? { word: 'failed, then up' }
          : { complaint: 'failed, and something is left' };
      },
      async lateWish(askedAt, { failed }) {
        if (failed) return undefined;
        return stopAskedAt(world, askedAt - lateMs - 1_000);
      },
    };
  },
};

/** A stop that was asked for earlier than what runs comes late. @returns what it has broken */
export async function stopAskedAt(world: CellWorld, askedAt: number): Promise<string | undefined> {
  await invokeWell(world, busEvent('Stop ECS Tasks', { service }, askedAt));
  return isUp(world, service) ? undefined : 'an earlier stop that came late took the task down (invariant 8)';
}

export const refused: Scenario = {
  name: 'refused',
  description: 'An event asks for an override that the mapping does not permit. Lambda tries it three times.',
  services: { [service]: 1 },
  mostLive: 0,
  tellsFailure: true,
  async prepare(world) {
    return {
      event: (askedAt) => busEvent('Start ECS Task', { service, taskDefinition: 'another-task' }, askedAt),
      claim: ({ failed }) => (failed ? undefined : 'a forbidden override was a success (invariant 6)'),
      judge: () =>
        tasksOf(world, service).length === 0
          ? { word: 'refused' }
          : { complaint: 'a forbidden override started a task (invariant 5)' },
    };
  },
};
