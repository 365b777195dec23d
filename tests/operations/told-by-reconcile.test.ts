import { reconcileAll } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('a start that waited for nothing is told when a reconcile finishes it', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start({ waitFor: 'none' }));
  await room.world.clock.advance(60_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.targets()).toHaveLength(1);
  expect(room.outcomes.map(({ type }) => type)).toEqual(['Service Started']);
});

test('a start that waited for nothing is told when its task is taken down because it is late', async () => {
  const room = await openEngineRoom({
    mapping: { startTimeoutSeconds: 10 },
    durations: { imagePullMs: [600_000, 600_000] },
  });
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
  await room.world.clock.advance(26_000);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(room.outcomes).toMatchObject([
    { type: 'Service Start Failed', errorCode: 'StartTimedOut', taskArns: [taskArn], correlationId: 'test' },
  ]);
  await room.world.clock.advance(60_000);
  expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
});
