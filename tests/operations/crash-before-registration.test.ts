import { reconcileChange } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('the end of a task before its registration is published if its start waited for nothing', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
  while (room.tasks()[0] !== 'RUNNING/RUNNING') await room.world.clock.advance(100);
  room.world.ecs.admin.crashTask(taskArn);
  await room.world.clock.advance(120_000);
  const [task] = room.world.ecs.admin.tasks();
  const change = { taskArn, version: task?.version ?? 0, startedBy: 'start-engines/dev/auth', running: false };
  await room.world.finish(reconcileChange(room.ports('LOOK'), change, room.context()));
  expect(room.outcomes.map((one) => one.type)).toEqual(['Service Interrupted']);
});
