import { reconcileAll } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('an interruption is published before its target is deregistered, so a crash in between does not lose it', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start());
  room.world.ecs.admin.crashTask(taskArn);
  await room.world.clock.advance(30_000);

  const ports = room.ports('RECONCILER');
  const publishedBefore: string[][] = [];
  const targets = {
    ...ports.targets,
    deregister: (...target: Parameters<typeof ports.targets.deregister>) => {
      publishedBefore.push(room.outcomes.map(({ type }) => type));
      return ports.targets.deregister(...target);
    },
  };
  await room.world.finish(reconcileAll({ ...ports, targets }, room.context()));
  // After a stale read the target may be deregistered twice.
  expect(publishedBefore[0]).toEqual(['Service Started', 'Service Interrupted']);
});
