import { stopService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from '../operations/engine-room.ts';

// Attack review, finding 3: one start saw the crashed task, the other saw no task, and the token for "no task before" was free
// again.

const hourMs = 3_600_000;
const seeds = Array.from({ length: 25 }, (_, index) => index + 1);

/** Crashes the live task and starts twice within the lag of ECS's lists. @returns the number of launched tasks */
async function crashAndStartTwice({ world, start }: EngineRoom): Promise<number> {
  const live = world.ecs.admin.tasks().find((task) => task.desiredStatus === 'RUNNING');
  world.ecs.admin.crashTask(live?.taskArn ?? '');
  const before = world.ecs.admin.counts().tasksCreated;
  await world.clock.advance(300);
  const first = start({}, { caller: 'LAMBDA-1' });
  await world.clock.advance(200);
  await world.finish(Promise.all([first, start({}, { caller: 'LAMBDA-2' })]));
  return world.ecs.admin.counts().tasksCreated - before;
}

describe('two starts within the read lag after a crash launch at most one task', () => {
  test.each(seeds)('when ECS has forgotten the first generation, seed %i', async (seed) => {
    const room = await openEngineRoom({ seed, mapping: { containerName: 'app', drainSeconds: 1 } });
    const { world } = room;
    await world.finish(room.start());
    await world.clock.advance(20_000);
    const stop = { service: 'auth', asked: world.clock.now() };
    await world.finish(stopService(room.ports('STOPPER'), stop, room.context()));
    await world.clock.advance(600_000);
    await world.finish(room.start());
    await world.clock.advance(3 * hourMs);
    expect(await crashAndStartTwice(room)).toBeLessThanOrEqual(1);
  });

  test.each(seeds.slice(0, 5))('when the only task has run for 25 hours, seed %i', async (seed) => {
    const room = await openEngineRoom({ seed, mapping: { containerName: 'app', drainSeconds: 1 } });
    await room.world.finish(room.start());
    await room.world.clock.advance(25 * hourMs);
    expect(await crashAndStartTwice(room)).toBeLessThanOrEqual(1);
  });
});
