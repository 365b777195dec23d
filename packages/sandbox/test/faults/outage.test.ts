import { expect, test } from 'vitest';
import { createInMemoryWorld } from '../../src/in-memory.ts';

test('an outage affects every call from the first one, for its whole duration', async () => {
  const world = createInMemoryWorld({ seed: 1 });
  const list = () =>
    world
      .client('ecs')
      .call('DescribeClusters', {})
      .then(
        () => 'answered',
        (error: Error) => error.name,
      );
  const planted = world.faults.plant({ operation: 'DescribeClusters', fault: { kind: 'throttle' }, forMs: 30_000 });
  await world.clock.advance(60_000);
  expect(await list()).toBe('ThrottlingException');
  await world.clock.advance(29_999);
  expect([await list(), await list()]).toEqual(['ThrottlingException', 'ThrottlingException']);
  await world.clock.advance(1);
  expect(await list()).toBe('answered');
  expect(planted.consumed).toBe(3);
});

test('an outage can be limited to a number of calls', async () => {
  const world = createInMemoryWorld({ seed: 1 });
  const plan = { operation: 'DescribeClusters', fault: { kind: 'throttle' }, forMs: 30_000, times: 1 } as const;
  world.faults.plant(plan);
  const list = () => world.client('ecs').call('DescribeClusters', {});
  await expect(list()).rejects.toThrow('Rate exceeded');
  await expect(list()).resolves.toMatchObject({});
});
