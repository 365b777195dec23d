import { restartService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('a restart replaces the old task even if it does not see it at first', async () => {
  const room = await openEngineRoom();
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(10_000);
  // The old task is of the first generation. A restart that does not see it computes the same token again.
  const ports = room.ports('RESTARTER');
  let looks = 0;
  const tasks = {
    ...ports.tasks,
    list: async (...query: Parameters<typeof ports.tasks.list>) => {
      looks += 1;
      return looks <= 2 ? [] : ports.tasks.list(...query);
    },
  };
  const request = { service: 'auth', asked: room.world.clock.now() };
  const outcome = await room.world.finish(restartService({ ...ports, tasks }, request, room.context()));
  expect(outcome.taskArn).not.toBe(first.taskArn);
  expect(outcome.replacedTasks).toEqual([first.taskArn]);
});
