import { reconcileAll } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

// A new user's first steps: a start answered "running" for a task to which the load balancer sends no requests.

const notInUse = 'unused (Target.NotInUse)';
const startedEvents = (room: EngineRoom) =>
  room.outcomes.filter(({ type }) => type === 'Service Started').map(({ message }) => message);

describe('a start of a service whose target group no listener rule uses', () => {
  test('that waits for running reports that the task is unreachable, and why', async () => {
    const room = await openEngineRoom({ inUse: false, durations: { targetHealthReadLagMs: 0 } });
    const { unreachable, targets } = await room.world.finish(room.start());
    expect(unreachable).toBe(notInUse);
    expect(targets).toMatchObject([{ healthStatus: 'unused', healthReason: 'Target.NotInUse' }]);
    expect(startedEvents(room)).toEqual([`The task is running but unreachable: ${notInUse}.`]);
  });

  test('that waits for nothing reports it if the task is already up', async () => {
    const room = await openEngineRoom({ inUse: false });
    await room.world.finish(room.start());
    await room.world.clock.advance(5_000);
    expect(await room.world.finish(room.start({ waitFor: 'none' }))).toMatchObject({
      reused: true,
      unreachable: notInUse,
    });
  });

  test('that waited for nothing reports it in its final event', async () => {
    const room = await openEngineRoom({ inUse: false, durations: { targetHealthReadLagMs: 0 } });
    await room.world.finish(room.start({ waitFor: 'none' }));
    await room.world.clock.advance(60_000);
    await room.world.finish(reconcileAll(room.ports(), room.context()));
    expect(startedEvents(room)).toEqual([`The task is running but unreachable: ${notInUse}.`]);
  });
});

test('a start of a service that is unhealthy in one of two target groups names the group', async () => {
  const room = await openEngineRoom();
  const targetGroups = [{ arn: room.targetGroupArn }, { arn: room.secondGroupArn }];
  await room.putMapping({ targetGroupArn: undefined, targetGroups });
  const { privateIp: ip = '' } = await room.world.finish(room.start({ waitFor: 'healthy' }));
  const health = { State: 'unhealthy', Reason: 'Target.FailedHealthChecks' } as const;
  room.world.elb.admin.pinTargetHealth(room.secondGroupArn, { ip, port: 8080 }, health);
  await room.world.clock.advance(10_000);
  expect(await room.world.finish(room.start())).toMatchObject({
    unreachable: 'unhealthy (Target.FailedHealthChecks) in auth-2',
    targets: [{ healthStatus: 'healthy' }, { healthStatus: 'unhealthy', healthReason: 'Target.FailedHealthChecks' }],
  });
});

test('a start of a service whose health has not been checked yet does not call it unreachable', async () => {
  const room = await openEngineRoom();
  const { unreachable, targets } = await room.world.finish(room.start());
  expect([unreachable, targets?.[0]?.healthStatus, targets?.[0]?.healthReason]).toEqual([
    undefined,
    'initial',
    undefined,
  ]);
});
