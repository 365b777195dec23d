import { reconcileAll, restartService, startService, startServices, stopService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// Attack review, finding 8: calls that Parameter Store throttles are retried until time is up, as those of ECS are.

/** All reads of Parameter Store fail during this time. */
function failFor({ world }: EngineRoom, delayMs: number, kind: 'throttle' | 'server-error' | 'no-answer'): void {
  const matches = (input: Readonly<Record<string, unknown>>) => 'Names' in input || 'Path' in input;
  const planted = world.faults.plant({ service: 'ssm', matches, fault: { kind }, times: Number.POSITIVE_INFINITY });
  world.clock.after(delayMs, () => planted.remove());
}

describe.each(['throttle', 'server-error', 'no-answer'] as const)(
  'while Parameter Store has this fault: %s',
  (kind) => {
    test('a start waits a minute for its mapping', async () => {
      const room = await openEngineRoom();
      failFor(room, 60_000, kind);
      expect((await room.world.finish(room.start())).reused).toBe(false);
    });

    test('a start of several services waits a minute for their mappings', async () => {
      const room = await openEngineRoom();
      failFor(room, 60_000, kind);
      const requests = [{ service: 'auth', asked: room.world.clock.now(), overrides: {} }];
      const results = await room.world.finish(startServices(room.ports(), requests, room.context()));
      expect(results.map((result) => result.ok)).toEqual([true]);
    });

    test('a restart waits a minute for its mapping', async () => {
      const room = await openEngineRoom();
      await room.world.finish(room.start());
      await room.world.clock.advance(60_000);
      failFor(room, 60_000, kind);
      const request = { service: 'auth', asked: room.world.clock.now() };
      const outcome = await room.world.finish(restartService(room.ports('OTHER'), request, room.context()));
      expect(outcome.replacedTasks).toHaveLength(1);
    });

    test('a reconcile of everything waits a minute for the mappings', async () => {
      const room = await openEngineRoom();
      failFor(room, 60_000, kind);
      expect(await room.world.finish(reconcileAll(room.ports(), room.context()))).toEqual([]);
    });

    test('a start that arrives late waits a minute for the notes of stops', async () => {
      const room = await openEngineRoom();
      const ports = room.ports();
      const request = { service: 'auth', asked: room.world.clock.now() - 60_000, overrides: {} };
      await ports.mappings.load('auth');
      failFor(room, 60_000, kind);
      const context = { ...room.context(), receivedAt: room.world.clock.now() };
      expect((await room.world.finish(startService(ports, request, context))).reused).toBe(false);
    });

    test('a stop continues without the mapping after half a minute', async () => {
      const room = await openEngineRoom();
      await room.world.finish(room.start());
      await room.world.clock.advance(5_000);
      failFor(room, 300_000, kind);
      const stop = { service: 'auth', asked: room.world.clock.now() };
      const begunAt = room.world.clock.now();
      const outcome = await room.world.finish(stopService(room.ports('STOPPER'), stop, room.context()));
      expect(outcome.tasksStopped).toHaveLength(1);
      const [stopTask] = room.world.calls.list({ operation: 'StopTask' });
      expect((stopTask?.startedAt ?? 0) - begunAt).toBeLessThan(60_000);
    });

    test('a start fails with MappingUnavailable when its time is up', async () => {
      const room = await openEngineRoom();
      failFor(room, 900_000, kind);
      await expect(room.world.finish(room.start({}, { timeoutMs: 60_000 }))).rejects.toMatchObject({
        name: 'MappingUnavailable',
      });
      expect(room.operations({ mutating: true })).toEqual([]);
    });
  },
);

test('a start does not retry the read of a mapping that it may not read', async () => {
  const room = await openEngineRoom();
  const fault = { kind: 'access-denied' } as const;
  room.world.faults.plant({ service: 'ssm', fault, times: Number.POSITIVE_INFINITY });
  await expect(room.world.finish(room.start())).rejects.toMatchObject({ name: 'MappingUnavailable' });
  expect(room.operations({ caller: 'LAMBDA-1' })).toEqual(['GetParameters']);
});
