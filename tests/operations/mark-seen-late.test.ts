import { type Ports, reconcileChange } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

/** Ports whose first description of the tasks shows no retire mark. */
function withOldTags(room: EngineRoom, caller: string): Ports {
  const ports = room.ports(caller);
  let looks = 0;
  return {
    ...ports,
    tasks: {
      ...ports.tasks,
      async describe(cluster, taskArns) {
        looks += 1;
        const readings = await ports.tasks.describe(cluster, taskArns);
        if (looks > 1) return readings;
        return { ...readings, tasks: readings.tasks.map(({ retire: _, ...task }) => task) };
      },
    },
  };
}

test('a task is not registered if its retire mark shows only when the clusters are listed', async () => {
  const room = await openEngineRoom({ durations: { taskReadLagMs: 0, tagReadLagMs: 0, deprovisioningMs: [0, 0] } });
  const { world } = room;
  const crashed = await world.finish(room.start({ waitFor: 'healthy' }));
  // The target stays healthy, so its owner has to be looked up.
  const address = { ip: crashed.privateIp ?? '', port: 8080 };
  world.elb.admin.pinTargetHealth(room.targetGroupArn, address, { State: 'healthy' });
  world.ecs.admin.crashTask(crashed.taskArn);
  await world.clock.advance(5_000);
  world.faults.plant({ operation: 'DeregisterTargets', caller: 'STARTER', fault: { kind: 'access-denied' } });
  const { taskArn } = await world.finish(room.start({ waitFor: 'none' }, { caller: 'STARTER' }));
  await world.clock.advance(60_000);
  await room.ports().tasks.markRetiring(taskArn, { asked: world.clock.now(), by: 'stop' });
  const change = { taskArn, version: 1, startedBy: 'start-engines/dev/auth', running: false };
  await world.finish(reconcileChange(withOldTags(room, 'EVENT'), change, room.context()));
  expect(room.operations({ caller: 'EVENT' })).not.toContain('RegisterTargets');
});
