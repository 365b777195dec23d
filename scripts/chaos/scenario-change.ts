import { busEvent, type CellWorld, invokeWell, until } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { isDown, isUp, tasksOf } from './truth.ts';

const service = 'api';

export const running: Scenario = {
  name: 'task-running',
  description: 'A start without waiting has launched a task, and ECS reports that it runs. Two target groups.',
  services: { [service]: 2 },
  mostKept: 1,
  announcesFailure: false,
  async prepare(world) {
    await invokeWell(world, { action: 'start', service, wait: 'none' });
    await until('the running task', () => tasksOf(world, service)[0]?.lastStatus === 'RUNNING');
    return {
      event: (at) => changeEvent(world, at),
      checkAnswer: ({ failed }) =>
        failed || isUp(world, service) ? undefined : 'the event was handled, but the service is not up',
      judge(ending) {
        if (!isUp(world, service)) return { violation: 'the service is not up after a reconcile without faults' };
        return ending.failed ? { outcome: 'failed, then up' } : withRetry('up', ending);
      },
    };
  },
};

export const ended: Scenario = {
  name: 'task-ended',
  description: 'A task has crashed, and ECS reports its end. Two target groups.',
  services: { [service]: 2 },
  mostKept: 1,
  announcesFailure: false,
  async prepare(world) {
    await invokeWell(world, { action: 'start', service });
    world.sandbox.ecs.crashTask(tasksOf(world, service)[0]?.taskArn ?? '');
    await until('the ended task', () => tasksOf(world, service)[0]?.lastStatus === 'STOPPED');
    return {
      event: (at) => changeEvent(world, at),
      checkAnswer: ({ failed }) =>
        failed || isDown(world, service) ? undefined : 'the event was handled, but targets are left',
      judge(ending) {
        if (!isDown(world, service)) return { violation: 'targets are left after a reconcile without faults' };
        return ending.failed ? { outcome: 'failed, then cleaned up' } : withRetry('cleaned up', ending);
      },
    };
  },
};

/** The state change event that ECS sends for the task of the service. */
function changeEvent(world: CellWorld, at: number): unknown {
  const [task] = tasksOf(world, service);
  const { taskArn, clusterArn, version, startedBy, lastStatus, desiredStatus } = task ?? {};
  const detail = { taskArn, clusterArn, version, startedBy, lastStatus, desiredStatus };
  return { ...busEvent('ECS Task State Change', detail, at), source: 'aws.ecs' };
}
