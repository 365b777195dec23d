import { reconcileAll, restartService, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

const problem = {
  parameter: '/start-engines/dev/services/auth',
  version: 2,
  key: 'port',
  message: expect.any(String),
};
const noted = (room: EngineRoom) => room.journal.filter(({ kind }) => kind === 'mapping-problems');

test.each([
  ['start', (room: EngineRoom) => room.start()],
  ['restart', (room: EngineRoom) => restartService(room.ports(), request(room), room.context())],
  ['stop', (room: EngineRoom) => stopService(room.ports(), request(room), room.context())],
  ['reconcile', (room: EngineRoom) => reconcileAll(room.ports(), room.context())],
])('a %s that uses an older version of the mapping says so', async (_operation, operate) => {
  const room = await openEngineRoom();
  await room.putMapping({ port: 'many' });
  await room.world.finish<unknown>(operate(room));
  expect(noted(room)).toEqual([{ service: 'auth', kind: 'mapping-problems', problems: [problem] }]);
});

test('a reconcile reports the broken version', async () => {
  const room = await openEngineRoom();
  await room.putMapping({ port: 'many' });
  const [outcome] = await room.world.finish(reconcileAll(room.ports(), room.context()));
  expect(outcome?.remarks).toEqual([expect.stringMatching(/^\/start-engines\/dev\/services\/auth:2, port: /)]);
});

function request(room: EngineRoom): { readonly service: string; readonly asked: number } {
  return { service: 'auth', asked: room.world.clock.now() };
}
