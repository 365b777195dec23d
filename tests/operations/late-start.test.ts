import { restartService, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// Requests made before a stop that arrive after it: a retry by Lambda, a delayed event.

async function stopNothing(room: EngineRoom, asked = room.world.clock.now()): Promise<void> {
  const outcome = await room.world.finish(
    stopService(room.ports('STOPPER'), { service: 'auth', asked }, room.context()),
  );
  expect(outcome.status).toBe('not-running');
}

const notes = (room: EngineRoom) => room.operations({ mutating: true, caller: 'STOPPER' });
const reads = (room: EngineRoom) => room.operations({ caller: 'LATE' }).filter((name) => name === 'GetParameters');

test('a start older than a stop that found nothing is superseded', async () => {
  const room = await openEngineRoom();
  const asked = room.world.clock.now() - 60_000;
  await stopNothing(room);
  await expect(room.world.finish(room.start({ asked }))).rejects.toMatchObject({ code: 'Superseded' });
  expect(room.tasks()).toEqual([]);
  expect(room.outcomes.at(-1)).toMatchObject({ type: 'Service Start Superseded', errorCode: 'Superseded' });
});

test('a restart older than a stop that found nothing is superseded', async () => {
  const room = await openEngineRoom();
  const asked = room.world.clock.now() - 60_000;
  await stopNothing(room);
  const restart = restartService(room.ports('LATE'), { service: 'auth', asked }, room.context());
  await expect(room.world.finish(restart)).rejects.toMatchObject({ code: 'Superseded' });
  expect(room.tasks()).toEqual([]);
});

test('the retry of a failed start does not start a service that was stopped in between', async () => {
  const room = await openEngineRoom();
  const asked = room.world.clock.now();
  room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'access-denied' } });
  await expect(room.world.finish(room.start({ asked }))).rejects.toMatchObject({ code: 'AwsAccessDenied' });
  await room.world.clock.advance(1_000);
  await stopNothing(room);
  await room.world.clock.advance(60_000);
  await expect(room.world.finish(room.start({ asked }))).rejects.toMatchObject({ code: 'Superseded' });
  expect(room.tasks()).toEqual([]);
});

test('a start requested after the stop succeeds, however late it arrives', async () => {
  const room = await openEngineRoom();
  await stopNothing(room);
  const asked = room.world.clock.now();
  await room.world.clock.advance(60_000);
  const { reused } = await room.world.finish(room.start({ asked }, { caller: 'LATE' }));
  expect(reused).toBe(false);
  // The mapping and the note.
  expect(reads(room)).toHaveLength(2);
});

test('a start that arrives promptly reads no note', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start({}, { caller: 'LATE' }));
  expect(reads(room)).toHaveLength(1);
});

test('an older stop that arrives late removes no newer note, and writes no note of its own', async () => {
  const room = await openEngineRoom();
  const asked = room.world.clock.now() - 30_000;
  await stopNothing(room);
  await stopNothing(room, asked - 60_000);
  expect(notes(room)).toEqual(['PutParameter']);
  await expect(room.world.finish(room.start({ asked }))).rejects.toMatchObject({ code: 'Superseded' });
});

test('a stop that may not write its note fails with the reason', async () => {
  const room = await openEngineRoom();
  const fault = { kind: 'access-denied' } as const;
  room.world.faults.plant({ operation: 'PutParameter', fault, times: Number.POSITIVE_INFINITY });
  const stop = stopService(room.ports(), { service: 'auth', asked: room.world.clock.now() }, room.context());
  await expect(room.world.finish(stop)).rejects.toMatchObject({ code: 'AwsAccessDenied' });
  expect(room.outcomes.at(-1)).toMatchObject({ type: 'Service Stop Failed' });
});
