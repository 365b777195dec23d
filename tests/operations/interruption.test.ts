import { reconcileAll } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('an interruption is told before its last trace goes, so that a death in between does not keep it quiet', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start());
  room.world.ecs.admin.crashTask(taskArn);
  await room.world.clock.advance(30_000);

  const ports = room.ports('RECONCILER');
  const toldByThen: string[][] = [];
  const targets = {
    ...ports.targets,
    deregister: (...target: Parameters<typeof ports.targets.deregister>) => {
      toldByThen.push(room.outcomes.map(({ type }) => type));
      return ports.targets.deregister(...target);
    },
  };
  await room.world.finish(reconcileAll({ ...ports, targets }, room.context()));
  // A stale read may have the target taken out twice.
  expect(toldByThen[0]).toEqual(['Service Started', 'Service Interrupted']);
});
