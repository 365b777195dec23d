import { TagResourceCommand } from '@aws-sdk/client-ecs';
import { RegisterTargetsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type CellWorld, invokeWell, until } from './cell-world.ts';
import { type Scenario, withRetry } from './scenario.ts';
import { isDown, isUp, liveTasksOf } from './truth.ts';

/** A crashed task, a task that is not registered yet, and a task that is marked for retirement. */
const services = { crashed: 1, waiting: 1, going: 1 };

export const reconcile: Scenario = {
  name: 'reconcile',
  description:
    'One task has crashed, one was never registered, one is marked for retirement, and one target has no task.',
  services,
  mostKept: 1,
  announcesFailure: false,
  async prepare(world) {
    await Promise.all([
      invokeWell(world, { action: 'start', service: 'crashed' }),
      invokeWell(world, { action: 'start', service: 'going' }),
      invokeWell(world, { action: 'start', service: 'waiting', wait: 'none' }),
    ]);
    await makeInconsistent(world);
    const isRepaired = () => isDown(world, 'crashed') && isUp(world, 'waiting') && isDown(world, 'going');
    return {
      event: () => ({ action: 'reconcile' }),
      checkAnswer: ({ failed }) =>
        failed || isRepaired() ? undefined : 'the reconcile reported success, but did not repair everything',
      judge(ending) {
        if (!isRepaired()) return { violation: 'a reconcile without faults did not repair everything' };
        return ending.failed ? { outcome: 'failed, then repaired' } : withRetry('repaired', ending);
      },
    };
  },
};

async function makeInconsistent(world: CellWorld): Promise<void> {
  const { sandbox, clients, groups } = world;
  const [crashed] = liveTasksOf(world, 'crashed');
  const [going] = liveTasksOf(world, 'going');
  sandbox.ecs.crashTask(crashed?.taskArn ?? '');
  const value = `${new Date(sandbox.clock.now()).toISOString()}/stop`;
  await clients.ecs.send(
    new TagResourceCommand({ resourceArn: going?.taskArn, tags: [{ key: 'start-engines:retire', value }] }),
  );
  await clients.elasticLoadBalancing.send(
    new RegisterTargetsCommand({ TargetGroupArn: groups['waiting-1'], Targets: [{ Id: '10.0.250.250', Port: 8080 }] }),
  );
  await until('the crash', () => liveTasksOf(world, 'crashed').length === 0);
  await until('the waiting task', () => liveTasksOf(world, 'waiting')[0]?.lastStatus === 'RUNNING');
  await until('the end of the crashed task', () =>
    sandbox.ecs.tasks().every(({ lastStatus }) => lastStatus === 'RUNNING' || lastStatus === 'STOPPED'),
  );
}
