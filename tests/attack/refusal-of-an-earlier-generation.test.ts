import { expect, test } from 'vitest';
import { openEngineRoom } from '../operations/engine-room.ts';

// Attack review, finding 2: a start that had found no capacity continued with the token of the minute, although another task had
// started and ended meanwhile. A later start used another token for the same predecessor.

test('a start that found no capacity and a later one launch one task', async () => {
  const atOnce = { interfaceCreationMs: [300, 300], interfaceAttachmentMs: [300, 300] } as const;
  const durations = { ...atOnce, pendingMs: [200, 200], imagePullMs: [500, 500] } as const;
  const freshReads = { taskReadLagMs: 0, tagReadLagMs: 0, targetHealthReadLagMs: 0 };
  const room = await openEngineRoom({
    mapping: { containerName: 'app', drainSeconds: 1 },
    durations: { ...durations, ...freshReads },
  });
  const { world } = room;
  let mostLive = 0;
  world.ecs.onTaskStateChange(() => {
    const live = world.ecs.admin.tasks().filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
    mostLive = Math.max(mostLive, live.length);
  });
  const settled = (start: Promise<unknown>) => start.catch((error: { code: string }) => error.code);
  world.faults.plant({ operation: 'RunTask', fault: { kind: 'capacity' }, times: 1 });
  const refused = settled(room.start({}, { caller: 'REFUSED' }));
  await world.clock.advance(1_000);
  const second = settled(room.start({}, { caller: 'SECOND' }));
  await world.clock.advance(2_500);
  world.ecs.admin.crashTask(world.ecs.admin.tasks()[0]?.taskArn ?? '');
  await world.clock.advance(1_400);
  // The looks of the first and the third start overlap.
  world.faults.plant({ operation: 'DescribeTasks', caller: 'THIRD', fault: { kind: 'latency', delayMs: 300 } });
  await world.finish(Promise.all([refused, second, settled(room.start({}, { caller: 'THIRD' }))]));
  expect(mostLive).toBe(1);
});
