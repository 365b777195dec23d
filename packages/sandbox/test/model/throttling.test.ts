import { ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { createInMemoryWorld } from '../../src/in-memory.ts';
import { startSandbox } from '../../src/index.ts';
import { makeAuth, runInput } from './ecs-world.ts';

async function createThrottledWorld(throttling: 'documented' | 'off' = 'documented') {
  const world = createInMemoryWorld({ seed: 1, throttling });
  const ecs = world.client('ecs');
  await makeAuth((operation, input = {}) => ecs.call(operation, input));
  /** How many of so many calls are let through: those that ECS answers, or refuses for what they say. */
  const admitted = async (count: number, operation: string, input: object = { cluster: 'main', task: 'none' }) => {
    let passed = 0;
    for (let made = 0; made < count; made++) {
      const failure = await ecs.call(operation, input).then(
        () => '',
        (error: Error) => error.name,
      );
      if (failure !== 'ThrottlingException') passed++;
    }
    return passed;
  };
  return { world, ecs, admitted };
}

describe('the documented rates', () => {
  test('RunTask and StopTask share a burst of 100, and 40 a second after it', async () => {
    const { world, admitted } = await createThrottledWorld();
    expect(await admitted(20, 'RunTask', runInput)).toBe(20);
    expect(await admitted(100, 'StopTask')).toBe(80);
    await world.clock.advance(1_000);
    expect(await admitted(100, 'StopTask')).toBe(40);
    await world.clock.advance(25);
    expect(await admitted(2, 'StopTask')).toBe(1);
    await world.clock.advance(60_000);
    expect(await admitted(200, 'StopTask')).toBe(100);
  });

  test('DescribeTasks and ListTasks share a burst of 100, and 20 a second after it', async () => {
    const { world, admitted } = await createThrottledWorld();
    const described = { cluster: 'main', tasks: ['0'.repeat(32)] };
    expect(await admitted(60, 'DescribeTasks', described)).toBe(60);
    expect(await admitted(60, 'ListTasks')).toBe(40);
    await world.clock.advance(1_000);
    expect(await admitted(60, 'DescribeTasks', described)).toBe(20);
    await world.clock.advance(49);
    expect(await admitted(1, 'ListTasks')).toBe(0);
    await world.clock.advance(1);
    expect(await admitted(2, 'ListTasks')).toBe(1);
    expect(await admitted(20, 'RunTask', runInput)).toBe(20);
  });

  test('Fargate takes 20 RunTask calls at once, and 20 a second after them', async () => {
    const { world, admitted } = await createThrottledWorld();
    expect(await admitted(30, 'RunTask', runInput)).toBe(20);
    await world.clock.advance(500);
    expect(await admitted(30, 'RunTask', runInput)).toBe(10);
    await world.clock.advance(60_000);
    expect(await admitted(30, 'RunTask', runInput)).toBe(20);
  });

  test('Fargate launches 100 tasks at once, and 20 a second after them', async () => {
    const { world, admitted } = await createThrottledWorld();
    expect(await admitted(12, 'RunTask', { ...runInput, count: 10 })).toBe(10);
    expect(world.stats()).toMatchObject({ tasksCreated: 100 });
    expect(await admitted(1, 'RunTask', runInput)).toBe(0);
    await world.clock.advance(450);
    expect(await admitted(1, 'RunTask', { ...runInput, count: 10 })).toBe(0);
    expect(await admitted(10, 'RunTask', runInput)).toBe(9);
    await world.clock.advance(1_000);
    expect(await admitted(3, 'RunTask', { ...runInput, count: 10 })).toBe(2);
    expect(await admitted(1, 'RunTask', runInput)).toBe(0);
  });

  test('a repeated client token counts as a call and launches nothing', async () => {
    const { world, admitted } = await createThrottledWorld();
    const input = { ...runInput, count: 10, clientToken: 'one' };
    expect(await admitted(25, 'RunTask', input)).toBe(20);
    await world.clock.advance(1_000);
    expect(await admitted(20, 'RunTask', { ...runInput, count: 10 })).toBe(10);
  });
});

test('a throttled call is a ThrottlingException without effect, is counted, and leaves planted faults alone', async () => {
  const { world, ecs, admitted } = await createThrottledWorld();
  await admitted(20, 'RunTask', runInput);
  const planted = world.faults.plant({ operation: 'RunTask', fault: { kind: 'server-error' } });

  await expect(ecs.call('RunTask', runInput)).rejects.toMatchObject({
    name: 'ThrottlingException',
    message: 'Rate exceeded',
    $metadata: { httpStatusCode: 400 },
  });
  expect(planted.consumed).toBe(0);
  expect(world.stats()).toMatchObject({ throttledCalls: 1, tasksCreated: 20, calls: 23 });
  expect(world.calls.list().at(-1)).toMatchObject({
    operation: 'RunTask',
    error: { code: 'ThrottlingException', httpStatus: 400 },
    outcome: 'answered',
  });
});

test('nothing is throttled unless it is asked for', async () => {
  const { world, admitted } = await createThrottledWorld('off');
  expect(await admitted(150, 'RunTask', runInput)).toBe(150);
  expect(await admitted(150, 'ListTasks')).toBe(150);
  expect(world.stats()).toMatchObject({ throttledCalls: 0 });
});

test('the rates hold for calls over the wire, in the time of the sandbox', async () => {
  // A clock that hardly moves: nothing is filled again while the calls are made.
  await using sandbox = await startSandbox({ throttling: 'documented', speed: 0.000_1, seed: 1 });
  const { endpoint, region } = sandbox;
  const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' };
  const ecs = new ECSClient({ endpoint, region, credentials, maxAttempts: 1 });
  const names: string[] = [];
  for (let made = 0; made < 21; made++) {
    await ecs.send(new RunTaskCommand({ taskDefinition: 'auth' })).catch((error: Error) => names.push(error.name));
  }
  ecs.destroy();

  expect(names).toEqual([...Array(20).fill('ClusterNotFoundException'), 'ThrottlingException']);
  expect(sandbox.stats()).toMatchObject({ throttledCalls: 1 });
});
