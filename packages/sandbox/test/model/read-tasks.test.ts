import { expect, test } from 'vitest';
import { createEcsWorld, type EcsWorld } from './ecs-world.ts';

async function list(world: EcsWorld, input = {}): Promise<{ taskArns: string[]; nextToken?: string }> {
  return (await world.call('ListTasks', { cluster: 'main', ...input })) as { taskArns: string[]; nextToken?: string };
}

test('lists by desired status, by default RUNNING', async () => {
  const world = await createEcsWorld();
  const { taskArn: running } = await world.run();
  const { taskArn: stopping } = await world.run();
  await world.clock.advance(4_000);
  await world.call('StopTask', { cluster: 'main', task: stopping });

  expect((await list(world)).taskArns).toEqual([running]);
  expect((await list(world, { desiredStatus: 'STOPPED' })).taskArns).toEqual([stopping]);
  expect((await list(world, { desiredStatus: 'PENDING' })).taskArns).toEqual([]);
});

test('filters by startedBy or by family, not by both', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await world.run({ startedBy: 'start-engines/dev/auth' });
  await world.run({ startedBy: 'start-engines/dev/pdf' });

  expect((await list(world, { startedBy: 'start-engines/dev/auth' })).taskArns).toEqual([taskArn]);
  expect((await list(world, { startedBy: 'start-engines/dev/auth', desiredStatus: 'RUNNING' })).taskArns).toEqual([
    taskArn,
  ]);
  expect((await list(world, { family: 'auth' })).taskArns.length).toBe(2);
  expect((await list(world, { family: 'other' })).taskArns).toEqual([]);
  expect((await list(world, { containerInstance: 'i-1' })).taskArns).toEqual([]);
  await expect(list(world, { startedBy: 'x', family: 'auth' })).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
});

test('lists 100 tasks per page', async () => {
  const world = await createEcsWorld();
  for (let call = 0; call < 25; call++) await world.run({ count: 10 });

  const first = await list(world);
  const second = await list(world, { nextToken: first.nextToken });
  const third = await list(world, { nextToken: second.nextToken });

  expect([first, second, third].map(({ taskArns }) => taskArns.length)).toEqual([100, 100, 50]);
  expect(third).not.toHaveProperty('nextToken');
  expect(new Set([first, second, third].flatMap(({ taskArns }) => taskArns)).size).toBe(250);
  await expect(list(world, { nextToken: 'nonsense' })).rejects.toMatchObject({ message: 'Invalid token.' });
});

test('describes by ARN and by ID, and reports missing tasks', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await world.run();
  const unknown = 'f'.repeat(32);
  const reply = await world.call('DescribeTasks', { cluster: 'main', tasks: [taskArn.slice(-32), unknown] });

  expect((reply.tasks as { taskArn: string }[]).map((task) => task.taskArn)).toEqual([taskArn]);
  expect(reply.failures).toEqual([
    { arn: `arn:aws:ecs:us-east-2:123456789012:task/main/${unknown}`, reason: 'MISSING' },
  ]);
});

test.each([
  ['none', [], 'Tasks cannot be empty.'],
  ['101', Array.from({ length: 101 }, () => 'f'.repeat(32)), 'Tasks cannot have more than 100 elements.'],
  ['a short ID', ['abc'], 'taskId length should be one of [32,36]'],
  [
    'a task of another cluster',
    [`arn:aws:ecs:us-east-2:123456789012:task/other/${'f'.repeat(32)}`],
    'Identifier is for cluster other. Your cluster is main',
  ],
])('describing %s is rejected', async (_what, tasks, message) => {
  const world = await createEcsWorld();
  await expect(world.call('DescribeTasks', { cluster: 'main', tasks })).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message,
  });
});

test('stopping an unknown task fails, and stopping a stopped task has no effect', async () => {
  const world = await createEcsWorld();
  await expect(world.call('StopTask', { cluster: 'main', task: 'f'.repeat(32) })).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message: 'The referenced task was not found.',
  });

  const { taskArn } = await world.run();
  await world.call('StopTask', { cluster: 'main', task: taskArn, reason: 'first' });
  await world.clock.advance(10_000);
  const { version } = await world.describe(taskArn);
  const { task } = await world.call('StopTask', { cluster: 'main', task: taskArn, reason: 'second' });
  expect(task).toMatchObject({ lastStatus: 'STOPPED', stoppedReason: 'first', version });
});

test('tags are returned on request, can change while the task is running, and are removed when it stops', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await world.run({ tags: [{ key: 'a', value: '1' }] });
  await world.call('TagResource', { resourceArn: taskArn, tags: [{ key: 'b', value: '2' }] });
  await world.call('TagResource', { resourceArn: taskArn, tags: [{ key: 'a', value: '3' }] });

  expect((await world.describe(taskArn)).tags).toEqual([]);
  const both = [
    { key: 'a', value: '3' },
    { key: 'b', value: '2' },
  ];
  expect((await world.describe(taskArn, { include: ['TAGS'] })).tags).toEqual(both);
  await world.call('UntagResource', { resourceArn: taskArn, tagKeys: ['a'] });
  expect(await world.call('ListTagsForResource', { resourceArn: taskArn })).toEqual({
    tags: [{ key: 'b', value: '2' }],
  });

  await world.call('StopTask', { cluster: 'main', task: taskArn });
  expect((await world.describe(taskArn, { include: ['TAGS'] })).tags).toEqual([]);
  await world.clock.advance(10_000);
  await expect(world.call('TagResource', { resourceArn: taskArn, tags: [] })).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
});

test('an unknown cluster is MISSING, and a deleted one is inactive', async () => {
  const world = await createEcsWorld();
  const { clusters, failures } = await world.call('DescribeClusters', { clusters: ['main', 'other'] });
  expect(clusters).toMatchObject([{ clusterName: 'main', status: 'ACTIVE' }]);
  expect(failures).toEqual([{ arn: 'arn:aws:ecs:us-east-2:123456789012:cluster/other', reason: 'MISSING' }]);

  const { taskArn } = await world.run();
  const refused = world.call('DeleteCluster', { cluster: 'main' });
  await expect(refused).rejects.toMatchObject({ code: 'ClusterContainsTasksException' });
  await world.call('StopTask', { cluster: 'main', task: taskArn });
  await world.clock.advance(1_000);
  await world.call('DeleteCluster', { cluster: 'main' });
  await expect(world.run()).rejects.toMatchObject({ code: 'ClusterNotFoundException' });
});
