import { restartService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('a restart that does not see the old task at first replaces it all the same', async () => {
  const room = await openEngineRoom();
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(10_000);
  // The old task was the first of all: without it in sight, the restart computes its token again.
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
