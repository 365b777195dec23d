import { reconcileAll } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

type PlantedFault = Parameters<EngineRoom['world']['faults']['plant']>[0]['fault'];

const faults: readonly (readonly [string, PlantedFault])[] = [
  ['a throttle', { kind: 'throttle' }],
  ['a denial', { kind: 'access-denied' }],
  ['a server error', { kind: 'server-error' }],
  ['a lost answer', { kind: 'drop-after' }],
  ['no answer', { kind: 'no-answer' }],
  ['a partial page', { kind: 'metrics', answer: 'partial' }],
  ['InternalError', { kind: 'metrics', answer: 'internal-error' }],
  ['Forbidden', { kind: 'metrics', answer: 'forbidden' }],
  ['an empty answer', { kind: 'metrics', answer: 'empty' }],
  ['a stale answer', { kind: 'metrics', answer: 'stale' }],
  ['timestamps in the future', { kind: 'metrics', answer: 'future' }],
];

/** The service is up, and has had no request for 14 minutes. It is stopped when it is idle for 10. */
async function unused(): Promise<EngineRoom> {
  const room = await openEngineRoom({ wakes: true, mapping: { idle: { afterSeconds: 600, minUpSeconds: 0 } } });
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(14 * 60_000);
  return room;
}

/** A scheduled reconcile. @returns why it did not stop the service */
async function reconcile(room: EngineRoom): Promise<unknown> {
  const from = room.journal.length;
  await room.world.finish(reconcileAll(room.ports('RECONCILE'), room.context()));
  return room.journal.slice(from).flatMap((entry) => (entry.kind === 'not-idle' ? [entry.reason] : []));
}

const plant = (room: EngineRoom, fault: PlantedFault) =>
  room.world.faults.plant({ service: 'monitoring', operation: 'GetMetricData', times: Infinity, fault });

describe.each(faults)('%s of CloudWatch', (_name, fault) => {
  test('keeps the service up for hours, and each reconcile reports that it was not observed', async () => {
    const room = await unused();
    const planted = plant(room, fault);
    for (let round = 0; round < 24; round += 1) {
      expect(await reconcile(room)).toEqual(['not-observed']);
      expect([room.tasks(), await room.route()]).toEqual([['RUNNING/RUNNING'], '1:0']);
      await room.world.clock.advance(5 * 60_000);
    }
    expect(planted.consumed).toBeGreaterThanOrEqual(24);
    // Without the fault it is idle.
    planted.remove();
    await reconcile(room);
    expect(await room.route()).toBe('0:1');
  });

  test('at the second look ends the idle stop, and the task gets its requests again', async () => {
    const room = await unused();
    await reconcile(room);
    expect(await room.route()).toBe('0:1');
    await room.world.clock.advance(5 * 60_000);
    plant(room, fault);
    expect(await reconcile(room)).toEqual(['not-observed']);
    expect([room.tasks(), await room.route()]).toEqual([['RUNNING/RUNNING'], '1:0']);
  });
});
