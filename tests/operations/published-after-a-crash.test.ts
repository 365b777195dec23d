import { reconcileChange } from '@start-engines/core';
import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

test('a start that waited for nothing is published even if the process that registered its task dies before it publishes', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
  await room.world.clock.advance(60_000);
  const change = { taskArn, version: 1, startedBy: 'start-engines/dev/auth', running: true };
  const died = { ...room.ports('DYING'), outcomes: { publish: () => new Promise<void>(() => {}) } };
  void reconcileChange(died, change, room.context());
  await room.world.clock.advance(30_000);
  expect(room.targets()).toHaveLength(1);
  await room.world.finish(reconcileChange(room.ports('RETRY'), change, room.context()));
  expect(room.outcomes.map(({ type }) => type)).toEqual(['Service Started']);
});
