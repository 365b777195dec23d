import { expect, test } from 'vitest';
import { createEcsWorld } from './ecs-world.ts';

test('a read may be as stale as the lag, and stale reads are counted', async () => {
  const world = await createEcsWorld({ durations: { taskReadLagMs: 2_000 } });
  const { taskArn } = await world.run();
  const seen: string[] = [];
  for (let read = 0; read < 20; read++) {
    const { tasks } = await world.call('DescribeTasks', { cluster: 'main', tasks: [taskArn] });
    seen.push((tasks as { lastStatus: string }[])[0]?.lastStatus ?? 'MISSING');
    await world.clock.advance(100);
  }

  expect(seen.slice(0, 2)).toEqual(['MISSING', 'MISSING']);
  expect(new Set(seen)).toEqual(new Set(['MISSING', 'PROVISIONING']));
  expect(world.model.admin.counts().staleTaskReads).toBeGreaterThanOrEqual(
    seen.filter((status) => status === 'MISSING').length,
  );
});

test('no read is staler than the lag', async () => {
  const world = await createEcsWorld({ durations: { taskReadLagMs: 2_000, tagReadLagMs: 500 } });
  const { taskArn } = await world.run({ tags: [{ key: 'a', value: '1' }] });
  await world.clock.advance(4_000 + 2_000);
  const before = world.model.admin.counts();
  for (let read = 0; read < 50; read++) {
    const task = await world.describe(taskArn, { include: ['TAGS'] });
    expect([task.lastStatus, task.tags]).toEqual(['RUNNING', [{ key: 'a', value: '1' }]]);
    expect(await world.call('ListTasks', { cluster: 'main' })).toEqual({ taskArns: [taskArn] });
  }

  expect(world.model.admin.counts()).toEqual(before);
});

test('lists can be stale too: a stopped task is listed as RUNNING for a while', async () => {
  const world = await createEcsWorld({ durations: { taskReadLagMs: 2_000 } });
  const { taskArn } = await world.run();
  await world.clock.advance(10_000);
  await world.call('StopTask', { cluster: 'main', task: taskArn });
  const stale = world.model.admin.counts().staleTaskReads;
  const atOnce = await world.call('ListTasks', { cluster: 'main' });
  await world.clock.advance(2_000);
  const later = await world.call('ListTasks', { cluster: 'main' });

  expect(atOnce).toEqual({ taskArns: [taskArn] });
  expect(later).toEqual({ taskArns: [] });
  expect(world.model.admin.counts().staleTaskReads).toBe(stale + 1);
});

test('tags have their own lag', async () => {
  const world = await createEcsWorld({ durations: { tagReadLagMs: 1_000 } });
  const { taskArn } = await world.run();
  await world.clock.advance(5_000);
  await world.call('TagResource', { resourceArn: taskArn, tags: [{ key: 'retire', value: 'now' }] });
  const atOnce = (await world.describe(taskArn, { include: ['TAGS'] })).tags;
  const stale = world.model.admin.counts();
  await world.clock.advance(1_000);

  expect(atOnce).toEqual([]);
  expect(stale).toMatchObject({ staleTagReads: 1, staleTaskReads: 0 });
  expect((await world.describe(taskArn, { include: ['TAGS'] })).tags).toEqual([{ key: 'retire', value: 'now' }]);
});

test('new tags appear late, and tags that StopTask has deleted stay visible for a while', async () => {
  const world = await createEcsWorld({ durations: { tagReadLagMs: 1_000 } });
  const tags = [{ key: 'facts', value: '1' }];
  const { taskArn } = await world.run({ tags });
  const readTwentyTimes = async () => {
    const seen = await Promise.all(Array.from({ length: 20 }, () => world.describe(taskArn, { include: ['TAGS'] })));
    return [...new Set(seen.map((task) => task.tags.length))].sort();
  };
  await world.clock.advance(500);
  expect(await readTwentyTimes()).toEqual([0, 1]);
  await world.clock.advance(4_500);
  expect(await readTwentyTimes()).toEqual([1]);

  await world.call('StopTask', { cluster: 'main', task: taskArn });
  await world.clock.advance(500);
  expect(await readTwentyTimes()).toEqual([0, 1]);
  await world.clock.advance(500);
  expect(await readTwentyTimes()).toEqual([0]);
});

test('RunTask and StopTask are never stale', async () => {
  const world = await createEcsWorld({ durations: { taskReadLagMs: 60_000 } });
  const { taskArn } = await world.run({ clientToken: 'one' });
  expect((await world.run({ clientToken: 'one' })).taskArn).toBe(taskArn);
  const { task } = await world.call('StopTask', { cluster: 'main', task: taskArn });
  expect(task).toMatchObject({ desiredStatus: 'STOPPED' });
});

test('the same seed gives the same reads', async () => {
  const runs = await Promise.all([run(7), run(7), run(8)]);
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]).not.toEqual(runs[2]);
});

async function run(seed: number): Promise<readonly string[]> {
  const world = await createEcsWorld({ seed, durations: { taskReadLagMs: 2_000 } });
  const { taskArn } = await world.run();
  const seen: string[] = [taskArn];
  for (let read = 0; read < 20; read++) {
    const { tasks } = await world.call('DescribeTasks', { cluster: 'main', tasks: [taskArn] });
    seen.push((tasks as { version: number }[]).map(({ version }) => `version ${version}`).join());
    await world.clock.advance(250);
  }
  return seen;
}
