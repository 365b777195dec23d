import { busEvent, type CellWorld, invokeWell } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { isDown, isUp, tasksOf } from './truth.ts';

const service = 'api';

/** The delay of the event, in milliseconds. After such a delay a start always reads whether a later stop supersedes it. */
const lateMs = 10_000;

export const start: Scenario = {
  name: 'start',
  description: 'No task runs, and an event requests a start. Two target groups. The older request is a stop.',
  services: { [service]: 2 },
  mostKept: 1,
  announcesFailure: true,
  async prepare(world) {
    return {
      event: (requestedAt) => busEvent('Start ECS Task', { service }, requestedAt - lateMs),
      checkAnswer: ({ failed }) =>
        failed || isUp(world, service) ? undefined : 'the start reported success, but the service is not up',
      judge(ending) {
        if (!ending.failed)
          return isUp(world, service) ? withRetry('up', ending) : { violation: 'the service is no longer up' };
        if (isDown(world, service)) return { outcome: 'failed, cleaned up' };
        // A start that cannot read its own task reports that reconcile must finish the work.
        const isReported = ending.errorCodes.includes('CompensationFailed');
        return isReported && isUp(world, service)
          ? { outcome: 'failed, then up' }
          : { violation: 'the start failed and left a task or a target' };
      },
      async sendOlderRequest(requestedAt, { failed }) {
        if (failed) return undefined;
        return sendOlderStop(world, requestedAt - lateMs - 1_000);
      },
    };
  },
};

/** Sends a stop that was requested before the running task was. @returns what is wrong */
export async function sendOlderStop(world: CellWorld, requestedAt: number): Promise<string | undefined> {
  await invokeWell(world, busEvent('Stop ECS Tasks', { service }, requestedAt));
  return isUp(world, service) ? undefined : 'an older stop that arrived late stopped the task (invariant 8)';
}

export const refused: Scenario = {
  name: 'refused',
  description: 'An event requests an override that the mapping does not allow. Lambda tries it three times.',
  services: { [service]: 1 },
  mostKept: 0,
  announcesFailure: true,
  async prepare(world) {
    return {
      event: (requestedAt) => busEvent('Start ECS Task', { service, taskDefinition: 'another-task' }, requestedAt),
      checkAnswer: ({ failed }) =>
        failed ? undefined : 'a forbidden override was reported as a success (invariant 6)',
      judge: () =>
        tasksOf(world, service).length === 0
          ? { outcome: 'refused' }
          : { violation: 'a forbidden override started a task (invariant 5)' },
    };
  },
};
