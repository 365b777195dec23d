import { describeService, reconcileAll, stopService, wakeService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, type EngineRoomOptions, openEngineRoom } from './engine-room.ts';

const now = (room: EngineRoom) => room.world.clock.now();

async function stop(room: EngineRoom, pause?: boolean, asked = now(room)) {
  const stopped = stopService(room.ports('STOP'), { service: 'auth', asked, pause }, room.context());
  const outcome = await room.world.finish(stopped);
  await room.world.clock.advance(60_000);
  return outcome;
}

/** Whether a request starts the service now. */
function wake(room: EngineRoom, asked = now(room)): Promise<string> {
  const ended = wakeService(room.ports('WAKE'), { service: 'auth', asked }, room.context()).then(
    ({ reused }) => (reused ? 'adopted' : 'launched'),
    (error) => `${error.code}: ${error.message}`,
  );
  return room.world.finish(ended);
}

const paused = 'WakeRefused: A request does not start service "auth": it is paused.';

/** The moments of the service's pause, and the state that the activator shows. */
async function records(room: EngineRoom): Promise<Record<string, unknown>> {
  const names = ['pauses/auth/paused', 'pauses/auth/resumed', 'activation/auth'];
  const input = { Names: names.map((name) => `/start-engines/dev/${name}`) };
  const { Parameters } = await room.world.client('ssm', 'SET-UP').call('GetParameters', input);
  return Object.fromEntries(
    (Parameters as { Name: string; Value: string }[]).map(({ Name, Value }) => [
      Name.slice('/start-engines/dev/'.length),
      Value.startsWith('{') ? JSON.parse(Value).state : Date.parse(Value),
    ]),
  );
}

async function upAndRunning(options: EngineRoomOptions = {}): Promise<EngineRoom> {
  const room = await openEngineRoom({ wakes: true, ...options });
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(60_000);
  return room;
}

describe('a stop with pause', () => {
  test('stops the service, and requests do not wake it', async () => {
    const room = await upAndRunning();
    const asked = now(room);
    expect(await stop(room, true)).toMatchObject({ status: 'stopped', paused: true });
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
    expect(await records(room)).toEqual({ 'pauses/auth/paused': asked, 'activation/auth': 'paused' });
    expect(await wake(room)).toBe(paused);
    await room.world.clock.advance(3_600_000);
    expect(await wake(room)).toBe(paused);
    expect(room.tasks()).toHaveLength(1);
  });

  test('is ended by a later start, and not by an earlier one', async () => {
    const room = await upAndRunning();
    const asked = now(room);
    await stop(room, true);
    const early = room.start({ asked: asked - 1 }).catch((error) => error.code);
    expect(await room.world.finish(early)).toBe('Superseded');
    expect(await wake(room)).toBe(paused);

    await room.world.finish(room.start({ waitFor: 'healthy' }));
    await stop(room);
    expect(await wake(room)).toBe('launched');
  });

  test('is ended by pause: false, which starts and stops nothing', async () => {
    const room = await upAndRunning();
    await stop(room, true);
    const calls = room.operations({ mutating: true }).length;
    expect(await stop(room, false)).toEqual({
      service: 'auth',
      tasksStopped: [],
      targetsDeregistered: [],
      status: 'resumed',
    });
    expect(room.operations({ mutating: true }).slice(calls)).toEqual(['PutParameter', 'PutParameter']);
    expect(await records(room)).toMatchObject({ 'activation/auth': 'asleep' });
    expect(await wake(room)).toBe('launched');
  });

  test('also stops a task that a later request has adopted, but not one that a person has', async () => {
    const room = await upAndRunning();
    const asked = now(room);
    await room.world.clock.advance(1_000);
    expect(await wake(room)).toBe('adopted');
    await room.world.clock.advance(10_000);
    expect(await stop(room, undefined, asked)).toMatchObject({ status: 'kept' });
    expect(await stop(room, true, asked)).toMatchObject({ status: 'stopped', paused: true });
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);

    await room.world.finish(room.start({ waitFor: 'healthy' }));
    const between = now(room);
    await room.world.clock.advance(1_000);
    await room.world.finish(room.start());
    expect(await stop(room, true, between)).toMatchObject({ status: 'kept' });
    expect(await records(room)).toMatchObject({ 'pauses/auth/resumed': expect.any(Number) });
    await stop(room);
    expect(await wake(room)).toBe('launched');
  });

  test('that was interrupted after its first call is completed by reconcile', async () => {
    const room = await upAndRunning();
    await room.world.clock.advance(1_000);
    await room.world.finish(room.ports('KILLED').pauses.note('auth', 'paused', now(room)));
    await room.world.clock.advance(10_000);
    await room.world.finish(reconcileAll(room.ports('RECONCILE'), room.context()));
    await room.world.clock.advance(60_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
    expect(room.world.ecs.admin.tasks()[0]?.stoppedReason).toMatch(/^pause@/);
    expect(await wake(room)).toBe(paused);
  });

  test('records no pause for a service that requests cannot wake', async () => {
    const room = await upAndRunning({ wakes: false });
    const outcome = await stop(room, true);
    expect(outcome).toMatchObject({ status: 'stopped' });
    expect(outcome.paused).toBeUndefined();
    expect(await records(room)).toEqual({});
  });
});

test('a pause that cannot be recorded fails the stop before it changes anything, and names the service', async () => {
  const room = await upAndRunning();
  const calls = room.operations({ mutating: true }).length;
  room.world.faults.plant({ operation: 'PutParameter', times: Infinity, fault: { kind: 'access-denied' } });
  const error = await stop(room, true).catch((caught) => caught);
  expect(error).toMatchObject({ code: 'AwsAccessDenied', context: { service: 'auth' } });
  expect(room.operations({ mutating: true }).slice(calls)).toEqual(['PutParameter']);
  expect(room.outcomes.at(-1)).toMatchObject({ type: 'Service Stop Failed', service: 'auth' });
});

test('a status that cannot read the pauses says so', async () => {
  const room = await upAndRunning();
  await stop(room, true);
  const read = () => room.world.finish(describeService(room.ports('STATUS'), 'auth', room.context()));
  expect((await read()).sleep?.state).toBe('paused');
  room.world.faults.plant({ operation: 'GetParametersByPath', times: Infinity, fault: { kind: 'access-denied' } });
  expect((await read()).problems).toMatchObject([
    { code: 'AwsAccessDenied', message: expect.stringMatching(/^The pauses of services could not be read: SSM /) },
  ]);
});

test('a wake that waits before it launches finds a pause that began meanwhile', async () => {
  const room = await upAndRunning();
  await stop(room);
  const asked = now(room);
  await room.world.clock.advance(100);
  // The read of the task list is held up, so that the launch comes more than five seconds after the first read of the pause.
  room.world.faults.plant({ operation: 'ListTasks', caller: 'WAKE', times: 5, fault: { kind: 'throttle' } });
  const woken = wake(room, asked + 100);
  await room.world.clock.advance(2_000);
  await room.ports('STOP').pauses.note('auth', 'paused', now(room));
  expect(await room.world.finish(woken)).toBe(paused);
  expect(room.tasks()).toHaveLength(1);
});
