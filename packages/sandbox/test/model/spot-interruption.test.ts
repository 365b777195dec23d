import { expect, test } from 'vitest';
import { createEcsWorld, runningTask } from './ecs-world.ts';

test('a Spot interruption sends SIGTERM while the task is RUNNING and kills it two minutes later', async () => {
  const world = await createEcsWorld();
  world.runtime.ignoreSigterm = true;
  const { taskArn } = await runningTask(world);
  world.model.admin.interruptSpot(taskArn);
  await world.clock.advance(119_999);
  const warned = await world.describe(taskArn);
  const before = world.runtime.signals(taskArn);
  await world.clock.advance(1_001);

  expect(warned).toMatchObject({
    lastStatus: 'RUNNING',
    desiredStatus: 'STOPPED',
    stopCode: 'SpotInterruption',
    stoppedReason: 'Your Spot Task was interrupted.',
  });
  expect(before).toEqual(['SIGTERM']);
  expect((await world.describe(taskArn)).lastStatus).toBe('STOPPED');
});

test('a container that exits after the Spot warning ends its task at once', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await runningTask(world);
  world.model.admin.interruptSpot(taskArn);
  await world.clock.advance(1_000);
  const { lastStatus, stopCode } = await world.describe(taskArn);
  await world.clock.advance(120_000);

  expect([lastStatus, stopCode]).toEqual(['STOPPED', 'SpotInterruption']);
  expect(world.runtime.signals(taskArn)).toEqual(['SIGTERM']);
});

test('an event announces the interruption two minutes before the task stops', async () => {
  const world = await createEcsWorld();
  world.runtime.ignoreSigterm = true;
  const { taskArn } = await runningTask(world);
  const before = world.events.length;
  world.model.admin.interruptSpot(taskArn);
  await world.clock.advance(200_000);

  const said = world.events
    .slice(before)
    .map(({ desiredStatus, lastStatus, stopCode, updatedAt }) => [desiredStatus, lastStatus, stopCode, updatedAt]);
  expect(said[0]).toEqual(['STOPPED', 'RUNNING', 'SpotInterruption', '2026-01-01T00:00:04.000Z']);
  expect(said.at(-1)).toEqual(['STOPPED', 'STOPPED', 'SpotInterruption', '2026-01-01T00:02:05.000Z']);
  expect(world.events.at(before)).toMatchObject({
    taskArn,
    stoppedReason: 'Your Spot Task was interrupted.',
    stoppingAt: '2026-01-01T00:00:04.000Z',
    attachments: [{ status: 'ATTACHED' }],
  });
  expect(world.events.at(before)).not.toHaveProperty('stoppedAt');
});

test('StopTask after the Spot warning keeps the interruption as the stop reason', async () => {
  const world = await createEcsWorld();
  world.runtime.ignoreSigterm = true;
  const { taskArn } = await runningTask(world);
  world.model.admin.interruptSpot(taskArn);
  await world.clock.advance(10_000);
  await world.call('StopTask', { cluster: 'main', task: taskArn });
  await world.clock.advance(200_000);

  expect(await world.describe(taskArn)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'SpotInterruption' });
});
