import { expect, test } from 'vitest';
import type { Task } from '../../src/model/ecs/task.ts';
import { createEcsWorld, type EcsWorld, runInput } from './ecs-world.ts';

const hours = 3_600_000;

async function runWithToken(world: EcsWorld, clientToken: string, input = {}): Promise<Task> {
  return world.run({ clientToken, ...input });
}

test('the same token with the same parameters returns the same task', async () => {
  const world = await createEcsWorld();
  const first = await runWithToken(world, 'generation-1');
  const again = await world.run({ ...reversed(runInput), clientToken: 'generation-1' });

  expect(again.taskArn).toBe(first.taskArn);
  expect(world.model.admin.counts()).toMatchObject({ launches: 1, tasksCreated: 1, replays: 1, conflicts: 0 });
});

test('the same token with other parameters is a conflict that names the task', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await runWithToken(world, 'generation-1');

  await expect(runWithToken(world, 'generation-1', { tags: [{ key: 'asked', value: '2' }] })).rejects.toMatchObject({
    code: 'ConflictException',
    httpStatus: 400,
    members: { resourceIds: [taskArn] },
  });
  expect(world.model.admin.counts()).toMatchObject({ tasksCreated: 1, replays: 0, conflicts: 1 });
});

test('tokens differ by case and by cluster', async () => {
  const world = await createEcsWorld();
  await world.call('CreateCluster', { clusterName: 'second' });
  const tasks = [
    await runWithToken(world, 'token'),
    await runWithToken(world, 'Token'),
    await runWithToken(world, 'token', { cluster: 'second' }),
  ];
  expect(new Set(tasks.map(({ taskArn }) => taskArn)).size).toBe(3);
});

test('a stopped task is returned with little more than its ARN', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await runWithToken(world, 'generation-1');
  await world.call('StopTask', { cluster: 'main', task: taskArn });
  await world.clock.advance(5_000);

  expect(await runWithToken(world, 'generation-1')).toEqual({
    taskArn,
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
  });
});

test('a token expires an hour after its task', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await runWithToken(world, 'generation-1');
  await world.call('StopTask', { cluster: 'main', task: taskArn });
  await world.clock.advance(1_000);
  await world.clock.advance(1 * hours - 1);
  const last = await runWithToken(world, 'generation-1');
  await world.clock.advance(1);
  const next = await runWithToken(world, 'generation-1');

  expect(last.taskArn).toBe(taskArn);
  expect(next.taskArn).not.toBe(taskArn);
});

test('a token expires after 24 hours although its task is still running', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await runWithToken(world, 'generation-1');
  await world.clock.advance(24 * hours - 1);
  const last = await runWithToken(world, 'generation-1');
  await world.clock.advance(1);
  const next = await runWithToken(world, 'generation-1');

  expect(last.taskArn).toBe(taskArn);
  expect(next.taskArn).not.toBe(taskArn);
});

test.each([
  ['', false],
  ['a b', false],
  ['é', false],
  ['x'.repeat(65), false],
  ['x'.repeat(64), true],
  ['!~', true],
])('the token %j is accepted: %s', async (clientToken, taken) => {
  const world = await createEcsWorld();
  const outcome = await runWithToken(world, clientToken).catch((error: { code: string }) => error.code);
  expect(outcome === 'InvalidParameterException').toBe(!taken);
});

test('simultaneous calls with one token launch one task', async () => {
  const world = await createEcsWorld();
  const tasks = await Promise.all(Array.from({ length: 10 }, () => runWithToken(world, 'generation-1')));
  expect(new Set(tasks.map(({ taskArn }) => taskArn)).size).toBe(1);
  expect(world.model.admin.counts()).toMatchObject({ tasksCreated: 1, replays: 9 });
});

/** The same members in reverse order. */
function reversed(input: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(input).reverse());
}
