import {
  describeService,
  type Ports,
  restartService,
  startService,
  startServices,
  stopService,
} from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// A new user's first steps: `mappings put` followed by `restart` ran the old mapping and reported success.

const request = (room: EngineRoom) => ({ service: 'auth', asked: room.world.clock.now(), overrides: {} });
const reads = (room: EngineRoom) => room.operations().filter((name) => name === 'GetParameters').length;

/** A function that read the mapping just before the edit. The service is up, or was stopped. */
async function openEditedRoom(state: 'up' | 'stopped'): Promise<{ readonly room: EngineRoom; readonly ports: Ports }> {
  const room = await openEngineRoom({ mapping: { drainSeconds: 1 } });
  const ports = room.ports();
  await room.world.finish(startService(ports, request(room), room.context()));
  if (state === 'stopped') await room.world.finish(stopService(ports, request(room), room.context()));
  await room.world.clock.advance(60_000);
  await ports.mappings.load('auth');
  await room.world.clock.advance(1);
  await room.putMapping({ port: 8081 });
  await room.world.clock.advance(1);
  return { room, ports };
}

test('a restart right after an edit launches the edited mapping', async () => {
  const { room, ports } = await openEditedRoom('up');
  const before = reads(room);
  const { targets } = await room.world.finish(restartService(ports, request(room), room.context()));
  expect(targets?.map(({ port }) => port)).toEqual([8081]);
  expect(reads(room) - before).toBe(1);
});

test('a start right after an edit launches the edited mapping', async () => {
  const { room, ports } = await openEditedRoom('stopped');
  const before = reads(room);
  const { targets } = await room.world.finish(startService(ports, request(room), room.context()));
  expect(targets?.map(({ port }) => port)).toEqual([8081]);
  expect(reads(room) - before).toBe(1);
});

test('a start of several services right after an edit launches the edited mapping, and reads each mapping once', async () => {
  const { room, ports } = await openEditedRoom('stopped');
  const before = reads(room);
  const [result] = await room.world.finish(startServices(ports, [request(room)], room.context()));
  expect(result).toMatchObject({ ok: true, outcome: { targets: [{ port: 8081 }] } });
  expect(reads(room) - before).toBe(1);
});

test('a start whose event time is rounded down to before the edit launches the edited mapping', async () => {
  const { room, ports } = await openEditedRoom('stopped');
  const asked = room.world.clock.now() - 999;
  const { targets } = await room.world.finish(startService(ports, { ...request(room), asked }, room.context()));
  expect(targets?.map(({ port }) => port)).toEqual([8081]);
});

test('a start fails if the mapping cannot be read again, and a stop continues', async () => {
  const { room, ports } = await openEditedRoom('up');
  const fault = { kind: 'access-denied' } as const;
  room.world.faults.plant({ operation: 'GetParameters', fault, times: Number.POSITIVE_INFINITY });
  await expect(room.world.finish(restartService(ports, request(room), room.context()))).rejects.toMatchObject({
    code: 'MappingUnavailable',
  });
  expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  const { status } = await room.world.finish(stopService(ports, request(room), room.context()));
  expect(status).toBe('stopped');
});

test('the status shows the task’s mapping version next to the newest one', async () => {
  const { room, ports } = await openEditedRoom('up');
  const versions = async () => {
    const { tasks, mapping } = await room.world.finish(describeService(ports, 'auth', room.context()));
    return [tasks[0]?.launch?.mappingVersions, mapping.versions];
  };
  expect(await versions()).toEqual([{ service: 1 }, { service: 2 }]);
  await room.world.finish(restartService(ports, request(room), room.context()));
  expect(await versions()).toEqual([{ service: 2 }, { service: 2 }]);
});
