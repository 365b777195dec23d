import { forecastReconcile, reconcileAll } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

const pastDeadlineMs = 320_000;
const notFound = {
  operation: 'DescribeTargetHealth',
  fault: { kind: 'error', code: 'TargetGroupNotFound', message: 'One or more target groups not found' },
} as const;
const live = (room: EngineRoom) => room.world.ecs.admin.tasks().filter((task) => task.desiredStatus === 'RUNNING');

test('a reconcile keeps a healthy task if one read does not find its target group', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(pastDeadlineMs);
  const missed = room.world.faults.plant(notFound);
  await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(missed.consumed).toBe(1);
  expect(live(room)).toHaveLength(1);
  expect(room.targets()).toEqual([expect.stringMatching(/ healthy$/)]);
});

test('a start adopts a healthy task if one read does not find its target group', async () => {
  const room = await openEngineRoom();
  const first = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(pastDeadlineMs);
  const missed = room.world.faults.plant(notFound);
  const second = await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
  expect(missed.consumed).toBe(1);
  expect(second.taskArn).toBe(first.taskArn);
  expect(live(room)).toHaveLength(1);
});

test('a dry run reports nothing either if one read does not find the target group', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(pastDeadlineMs);
  const missed = room.world.faults.plant(notFound);
  expect(await room.world.finish(forecastReconcile(room.ports('DRY'), room.context()))).toEqual([]);
  expect(missed.consumed).toBe(1);
  room.world.faults.plant({ ...notFound, times: Number.POSITIVE_INFINITY });
  const [forecast] = await room.world.finish(forecastReconcile(room.ports('DRY'), room.context()));
  expect(forecast).toMatchObject({ registered: [], tasksRetired: [live(room)[0]?.taskArn] });
});

test('a start fails if its target group is deleted after the registration', async () => {
  const room = await openEngineRoom();
  for (const [operation, nth] of [
    ['DescribeTargetHealth', 2],
    ['RegisterTargets', 2],
    ['DeregisterTargets', 1],
  ] as const) {
    room.world.faults.plant({ ...notFound, operation, nth, times: Number.POSITIVE_INFINITY });
  }
  await expect(room.world.finish(room.start())).rejects.toMatchObject({
    code: 'AwsRejected',
    context: { awsCode: 'TargetGroupNotFound' },
  });
});
