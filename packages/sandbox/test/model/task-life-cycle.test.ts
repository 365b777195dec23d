import { expect, test } from 'vitest';
import { createEcsWorld } from './ecs-world.ts';

test('a task goes from PROVISIONING to RUNNING, one version a change', async () => {
  const world = await createEcsWorld();
  await world.run();
  await world.clock.advance(10_000);

  expect(world.events.map(({ lastStatus, version, updatedAt }) => [lastStatus, version, updatedAt])).toEqual([
    ['PROVISIONING', 1, '2026-01-01T00:00:00.000Z'],
    ['PROVISIONING', 2, '2026-01-01T00:00:01.000Z'],
    ['PENDING', 3, '2026-01-01T00:00:02.000Z'],
    ['ACTIVATING', 4, '2026-01-01T00:00:03.000Z'],
    ['RUNNING', 5, '2026-01-01T00:00:04.000Z'],
  ]);
});
