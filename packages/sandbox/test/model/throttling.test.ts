import { ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { createInMemoryWorld, type InMemoryWorld } from '../../src/in-memory.ts';
import { startSandbox } from '../../src/index.ts';
import { makeAuth, runInput } from './ecs-world.ts';

async function createThrottledWorld(throttling: 'documented' | 'off' = 'documented') {
  const world = createInMemoryWorld({ seed: 1, throttling });
  const ecs = world.client('ecs');
  await makeAuth((operation, input = {}) => ecs.call(operation, input));
  /** How many of the calls are not throttled, including those that ECS rejects for their input. */
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
  test('RunTask and StopTask share a burst of 100, and 40 per second after it', async () => {
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

  test('DescribeTasks and ListTasks share a burst of 100, and 20 per second after it', async () => {
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

  test('Fargate accepts a burst of 20 RunTask calls, and 20 per second after it', async () => {
    const { world, admitted } = await createThrottledWorld();
    expect(await admitted(30, 'RunTask', runInput)).toBe(20);
    await world.clock.advance(500);
    expect(await admitted(30, 'RunTask', runInput)).toBe(10);
    await world.clock.advance(60_000);
    expect(await admitted(30, 'RunTask', runInput)).toBe(20);
  });

  test('Fargate launches a burst of 100 tasks, and 20 per second after it', async () => {
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

describe('the documented rates of Elastic Load Balancing', () => {
  async function admitted(world: InMemoryWorld, count: number, operation: string): Promise<number> {
    const elb = world.client('elasticloadbalancing');
    const codes = await Promise.all(
      Array.from({ length: count }, () => elb.call(operation, {}).catch((error: Error) => error.name)),
    );
    return codes.filter((code) => code !== 'Throttling').length;
  }

  test.each([
    ['RegisterTargets', 20, 4],
    ['DeregisterTargets', 20, 4],
    ['ModifyRule', 20, 3],
    ['SetRulePriorities', 20, 3],
    ['DescribeRules', 40, 10],
    ['DescribeTargetHealth', 40, 10],
  ])('%s: a burst of %i, and %i per second after it', async (operation, burst, perSecond) => {
    const world = createInMemoryWorld({ seed: 1, throttling: 'documented' });
    expect(await admitted(world, 60, operation)).toBe(burst);
    await world.clock.advance(1_000);
    expect(await admitted(world, 60, operation)).toBe(perSecond);
    await world.clock.advance(60_000);
    expect(await admitted(world, 60, operation)).toBe(burst);
  });

  test('registrations and deregistrations share their rate, and all calls share another', async () => {
    const world = createInMemoryWorld({ seed: 1, throttling: 'documented' });
    expect(await admitted(world, 15, 'RegisterTargets')).toBe(15);
    expect(await admitted(world, 15, 'DeregisterTargets')).toBe(5);
    expect(await admitted(world, 15, 'ModifyRule')).toBe(15);
    expect(await admitted(world, 15, 'DescribeRules')).toBe(5);
    expect(await admitted(world, 1, 'ModifyRule')).toBe(0);
  });
});

describe('the documented rates of Parameter Store', () => {
  async function createThrottledStore() {
    const world = createInMemoryWorld({ seed: 1, throttling: 'documented' });
    const ssm = world.client('ssm');
    /** How many of the calls are not throttled. */
    const admitted = async (count: number, operation: string, input: object) => {
      const calls = Array.from({ length: count }, () =>
        ssm.call(operation, input).then(
          () => '',
          (error: Error) => error.name,
        ),
      );
      return (await Promise.all(calls)).filter((failure) => failure !== 'ThrottlingException').length;
    };
    return { world, ssm, admitted };
  }
  const [one, several, path] = [{ Name: '/a/b' }, { Names: ['/a/b'] }, { Path: '/a' }];
  const written = { Name: '/a/b', Type: 'String', Value: '1', Overwrite: true };

  test('GetParameter, GetParameters and GetParametersByPath share 40 per second', async () => {
    const { world, admitted } = await createThrottledStore();
    expect(await admitted(15, 'GetParameter', one)).toBe(15);
    expect(await admitted(15, 'GetParameters', several)).toBe(15);
    expect(await admitted(15, 'GetParametersByPath', path)).toBe(10);
    await world.clock.advance(500);
    expect(await admitted(30, 'GetParametersByPath', path)).toBe(20);
    await world.clock.advance(25);
    expect(await admitted(2, 'GetParameters', several)).toBe(1);
    await world.clock.advance(60_000);
    expect(await admitted(100, 'GetParameter', one)).toBe(40);
  });

  test('PutParameter has its own 3 per second', async () => {
    const { world, ssm, admitted } = await createThrottledStore();
    expect(await admitted(10, 'PutParameter', written)).toBe(3);
    expect(await ssm.call('GetParameter', one)).toMatchObject({ Parameter: { Version: 3 } });
    expect(await admitted(39, 'GetParameter', one)).toBe(39);
    await world.clock.advance(333);
    expect(await admitted(1, 'PutParameter', written)).toBe(0);
    await world.clock.advance(1);
    expect(await admitted(2, 'PutParameter', written)).toBe(1);
    await world.clock.advance(60_000);
    expect(await admitted(10, 'PutParameter', written)).toBe(3);
  });

  test('a throttled call is a ThrottlingException, HTTP 400, without effect', async () => {
    const { world, ssm, admitted } = await createThrottledStore();
    await admitted(3, 'PutParameter', written);
    await expect(ssm.call('PutParameter', written)).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    });
    expect(world.stats()).toMatchObject({ throttledCalls: 1 });
    expect(await ssm.call('GetParameter', one)).toMatchObject({ Parameter: { Version: 3 } });
  });

  test('history, descriptions and deletions are not throttled', async () => {
    const { ssm, admitted } = await createThrottledStore();
    await ssm.call('PutParameter', written);
    expect(await admitted(60, 'GetParameterHistory', one)).toBe(60);
    expect(await admitted(60, 'DescribeParameters', {})).toBe(60);
    expect(await admitted(60, 'DeleteParameters', several)).toBe(60);
  });

  test('an unthrottled caller does not use the rates of the others', async () => {
    const { world, admitted } = await createThrottledStore();
    const setUp = world.client('ssm', 'SET-UP');
    for (let made = 0; made < 50; made += 1) await setUp.call('PutParameter', written);
    expect(await admitted(10, 'PutParameter', written)).toBe(3);
  });
});

test('a throttled call is a ThrottlingException without effect, is counted, and uses no planted fault', async () => {
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

test('nothing is throttled by default', async () => {
  const { world, admitted } = await createThrottledWorld('off');
  expect(await admitted(150, 'RunTask', runInput)).toBe(150);
  expect(await admitted(150, 'ListTasks')).toBe(150);
  expect(world.stats()).toMatchObject({ throttledCalls: 0 });
});

test('the rates apply to calls over the wire, in sandbox time', async () => {
  // A slow clock, so that the buckets do not refill during the calls.
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

test('the rates of Parameter Store apply over the wire, except to unthrottledCallers', async () => {
  await using sandbox = await startSandbox({
    throttling: 'documented',
    unthrottledCallers: ['OPERATOR'],
    speed: 0.000_1,
    seed: 1,
  });
  const put = async (accessKeyId: string, count: number) => {
    const { endpoint, region } = sandbox;
    const credentials = { accessKeyId, secretAccessKey: 'secret' };
    const ssm = new SSMClient({ endpoint, region, credentials, maxAttempts: 1 });
    const names: string[] = [];
    const input = { Name: '/a/b', Type: 'String', Value: '1', Overwrite: true } as const;
    for (let made = 0; made < count; made++) {
      await ssm.send(new PutParameterCommand(input)).then(
        () => names.push('done'),
        (error: Error) => names.push(error.name),
      );
    }
    ssm.destroy();
    return names;
  };

  expect(await put('OPERATOR', 5)).toEqual(Array(5).fill('done'));
  expect(await put('AKIDTEST', 4)).toEqual(['done', 'done', 'done', 'ThrottlingException']);
});
