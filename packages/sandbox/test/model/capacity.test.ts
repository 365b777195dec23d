import { expect, test } from 'vitest';
import { createInMemoryWorld } from '../../src/in-memory.ts';
import { makeAuth, runInput } from './ecs-world.ts';

async function createWorld() {
  const world = createInMemoryWorld({ seed: 1 });
  const ecs = world.client('ecs');
  await makeAuth((operation, input = {}) => ecs.call(operation, input));
  /** The reason of the failure, or `launched`. */
  const run = async (input = {}) => {
    const { failures } = await ecs.call('RunTask', { ...runInput, ...input });
    return (failures as { reason: string }[])[0]?.reason ?? 'launched';
  };
  return { world, run };
}

test('a planted lack of capacity does not end a longer exhaustion', async () => {
  const { world, run } = await createWorld();
  world.ecs.admin.exhaustCapacity('the vCPU limit is reached');
  world.faults.plant({ operation: 'RunTask', fault: { kind: 'capacity', reason: 'planted' } });

  expect([await run(), await run()]).toEqual(['planted', 'the vCPU limit is reached']);
  world.ecs.admin.restoreCapacity();
  expect(await run()).toBe('launched');
});

test('a planted lack of capacity does not use up an exhaustion for so many calls', async () => {
  const { world, run } = await createWorld();
  world.ecs.admin.exhaustCapacity('exhausted', { calls: 2 });
  world.faults.plant({ operation: 'RunTask', fault: { kind: 'capacity', reason: 'planted' } });

  expect([await run(), await run(), await run(), await run()]).toEqual([
    'planted',
    'exhausted',
    'exhausted',
    'launched',
  ]);
});

test('a planted lack of capacity on a repeated client token affects no later call', async () => {
  const { world, run } = await createWorld();
  expect(await run({ clientToken: 'one' })).toBe('launched');
  world.faults.plant({ operation: 'RunTask', fault: { kind: 'capacity', reason: 'planted' } });

  expect([await run({ clientToken: 'one' }), await run({ clientToken: 'two' })]).toEqual(['launched', 'launched']);
});
