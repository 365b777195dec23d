import { busEvent, type CellWorld, invokeWell, until } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { isDown, isUp, tasksOf } from './truth.ts';

const service = 'api';

export const running: Scenario = {
  name: 'task-running',
  description: 'A start that waited for nothing has launched a task, and ECS tells that it runs. Two target groups.',
  services: { [service]: 2 },
  mostLive: 1,
  tellsFailure: false,
  async prepare(world) {
    await invokeWell(world, { action: 'start', service, wait: 'none' });
    await until('the running task', () => tasksOf(world, service)[0]?.lastStatus === 'RUNNING');
    return {
      event: (at) => changeEvent(world, at),
      claim: ({ failed }) => (failed || isUp(world, service) ? undefined : 'the change was seen to, and it is not up'),
      judge(ending) {
        if (!isUp(world, service)) return { complaint: 'it is not up after a quiet reconcile' };
        return ending.failed ? { word: 'failed, then up' } : withRetry('up', ending);
      },
    };
  },
};

export const ended: Scenario = {
  name: 'task-ended',
  description: 'A task has crashed, and ECS tells that it has ended. Two target groups.',
  services: { [service]: 2 },
  mostLive: 1,
  tellsFailure: false,
  async prepare(world) {
    await invokeWell(world, { action: 'start', service });
    world.sandbox.ecs.crashTask(tasksOf(world, service)[0]?.taskArn ?? '');
    await until('the ended task', () => tasksOf(world, service)[0]?.lastStatus === 'STOPPED');
    return {
      event: (at) => changeEvent(world, at),
      claim: ({ failed }) =>
        failed || isDown(world, service) ? undefined : 'the change was seen to, and targets are left',
      judge(ending) {
        if (!isDown(world, service)) return { complaint: 'targets are left after a quiet reconcile' };
        return ending.failed ? { word: 'failed, then tidied' } : withRetry('tidied', ending);
      },
    };
  },
};

/** The service's task as ECS tells of it. */
function changeEvent(world: CellWorld, at: number): unknown {
  const [task] = tasksOf(world, service);
  const { taskArn, clusterArn, version, startedBy, lastStatus, desiredStatus } = task ?? {};
  const detail = { taskArn, clusterArn, version, startedBy, lastStatus, desiredStatus };
  return { ...busEvent('ECS Task State Change', detail, at), source: 'aws.ecs' };
}
