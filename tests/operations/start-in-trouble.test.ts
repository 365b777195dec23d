import type { StartEnginesError, StartOutcome } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

async function failureOf(room: EngineRoom, start: Promise<StartOutcome>): Promise<StartEnginesError> {
  return room.world.finish(
    start.then(
      () => Promise.reject(new Error('the start succeeded')),
      (error: StartEnginesError) => error,
    ),
  );
}

const mutations = (room: EngineRoom) => room.operations({ mutating: true });

describe('a start under faults of AWS', () => {
  test('a refused registration fails the start, and the task is stopped (R3)', async () => {
    const room = await openEngineRoom();
    room.world.faults.plant({ operation: 'RegisterTargets', fault: { kind: 'access-denied' }, times: Infinity });
    const error = await failureOf(room, room.start());
    expect(error.name).toBe('AwsAccessDenied');
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
    expect(room.targets()).toEqual([]);
    expect(mutations(room)).toEqual(['RunTask', 'RegisterTargets', 'TagResource', 'DeregisterTargets', 'StopTask']);
  });

  test('a refused registration in the second group also removes the target of the first (R3)', async () => {
    const room = await openEngineRoom();
    await room.putMapping({
      targetGroupArn: undefined,
      targetGroups: [{ arn: room.targetGroupArn }, { arn: room.secondGroupArn }],
    });
    const input = { TargetGroupArn: room.secondGroupArn };
    const fault = { kind: 'access-denied' } as const;
    room.world.faults.plant({ operation: 'RegisterTargets', input, fault, times: Infinity });
    const error = await failureOf(room, room.start());
    expect(error.name).toBe('AwsAccessDenied');
    const order = mutations(room);
    expect(order.indexOf('DeregisterTargets')).toBeGreaterThan(order.indexOf('TagResource'));
    expect(order.at(-1)).toBe('StopTask');
    expect(room.targets().filter((target) => !target.includes('draining'))).toEqual([]);
  });

  test('a start succeeds with unknown health if the health cannot be read (R4)', async () => {
    const room = await openEngineRoom();
    room.world.faults.plant({ operation: 'DescribeTargetHealth', fault: { kind: 'access-denied' }, times: Infinity });
    const outcome = await room.world.finish(room.start());
    expect(outcome.targets?.[0].healthStatus).toBe('unknown');
    expect(room.targets()).toHaveLength(1);
  });

  test('a start waits for a task that is MISSING after RunTask (R5)', async () => {
    const room = await openEngineRoom();
    const fault = room.world.faults.plant({ operation: 'DescribeTasks', fault: { kind: 'missing' }, times: 4 });
    await room.world.finish(room.start());
    expect(fault.consumed).toBe(4);
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  });

  test.each(['throttle', 'server-error', 'drop-before', 'drop-after', 'no-answer'] as const)(
    'a start launches one task and succeeds when any single call fails: %s (R6)',
    async (kind) => {
      const quiet = await openEngineRoom();
      await quiet.world.finish(quiet.start({ waitFor: 'healthy' }));
      const made = quiet.operations().filter((operation) => operation !== 'GetParameters');
      expect(new Set(made).size).toBe(7);
      const calls = Map.groupBy(made, (operation) => operation);
      for (const [operation, { length }] of calls) {
        for (let nth = 1; nth <= Math.min(length, 6); nth += 1) {
          const room = await openEngineRoom();
          const fault = room.world.faults.plant({ operation, fault: { kind }, nth });
          const outcome = await room.world.finish(room.start({ waitFor: 'healthy' }));
          const which = `${operation} ${nth}`;
          expect(fault.consumed, which).toBe(1);
          expect(outcome, which).toMatchObject({ reused: false, targets: [{ healthStatus: 'healthy' }] });
          expect(room.world.ecs.admin.counts().tasksCreated, which).toBe(1);
        }
      }
    },
  );

  test('a task that is being stopped is never registered (R8)', async () => {
    const room = await openEngineRoom({
      mapping: { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
    });
    const start = failureOf(room, room.start());
    await expect
      .poll(
        async () => {
          await room.world.clock.advance(500);
          return room.tasks();
        },
        { interval: 0 },
      )
      .toEqual(['ACTIVATING/RUNNING']);
    room.world.ecs.admin.interruptSpot(room.world.ecs.admin.tasks()[0]?.taskArn ?? '');
    const error = await start;
    expect(error).toMatchObject({ name: 'TaskStopped', context: { stopCode: 'SpotInterruption' } });
    expect(mutations(room)).toEqual(['RunTask']);
  });

  test('a start that runs out of time cleans up before Lambda kills the function (R9)', async () => {
    const room = await openEngineRoom({ durations: { imagePullMs: [600_000, 600_000] } });
    const begun = room.world.clock.now();
    const error = await failureOf(room, room.start({}, { timeoutMs: 60_000 }));
    expect(error.name).toBe('StartTimedOut');
    expect(room.world.clock.now() - begun).toBeLessThan(60_000);
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
  });

  test('a launcher that runs out of time leaves its task to a later start that waits for it', async () => {
    const room = await openEngineRoom({ durations: { imagePullMs: [60_000, 60_000] } });
    const launcher = room.start({}, { timeoutMs: 60_000 }).catch((error: StartEnginesError) => error);
    await room.world.clock.advance(5_000);
    const adopter = room.start({}, { caller: 'LAMBDA-2' });
    expect(await room.world.finish(launcher)).toMatchObject({ name: 'StartTimedOut' });
    expect(await room.world.finish(adopter)).toMatchObject({ reused: true });
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(room.targets()).toHaveLength(1);
  });

  test('a start with too little time launches nothing (R9)', async () => {
    const room = await openEngineRoom();
    const error = await failureOf(room, room.start({}, { timeoutMs: 20_000 }));
    expect(error.name).toBe('OutOfTime');
    expect(mutations(room)).toEqual([]);
  });

  test('a task that is unhealthy at the time-out fails the start and is stopped (R12)', async () => {
    const room = await openEngineRoom();
    room.world.runtime.statusCodeFor(() => 503);
    const error = await failureOf(room, room.start({ waitFor: 'healthy' }));
    expect(error.name).toBe('TargetNotHealthy');
    expect(error.message).toContain('unhealthy Target.ResponseCodeMismatch');
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
    expect(room.targets()).toEqual([]);
  });

  test('a start that waits for healthy without permission to read health fails at once and keeps the task (R13)', async () => {
    const room = await openEngineRoom();
    const fault = { kind: 'access-denied' } as const;
    const planted = room.world.faults.plant({ operation: 'DescribeTargetHealth', fault, nth: 2, times: Infinity });
    const error = await failureOf(room, room.start({ waitFor: 'healthy' }));
    expect(error.name).toBe('AwsAccessDenied');
    expect(error.message).toContain('The health of task arn:aws:ecs:');
    expect(planted.consumed).toBeLessThan(4);
    // Unknown health is not unhealthy (attack review, findings 1 and 5).
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(room.targets()).toHaveLength(1);
  });

  test('a start that waits for healthy fails at once if no listener uses the target group (R14)', async () => {
    const room = await openEngineRoom({ inUse: false });
    const error = await failureOf(room, room.start({ waitFor: 'healthy' }));
    expect(error).toMatchObject({ name: 'TargetUnusable', context: { reason: 'Target.NotInUse' } });
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
  });

  test('the error for an image that cannot be pulled has the stop code, the reason and the container’s reason (R21)', async () => {
    const room = await openEngineRoom({ image: 'registry.example/missing:1' });
    const error = await failureOf(room, room.start());
    expect(error).toMatchObject({ name: 'TaskStopped', context: { stopCode: 'TaskFailedToStart' } });
    expect(error.message).toMatch(/CannotPullContainerError: .*container "app"/s);
    expect(room.targets()).toEqual([]);
  });

  test('a task whose first attachment is a volume is registered with its own address (R22)', async () => {
    const room = await openEngineRoom();
    room.world.ecs.admin.setVolumeAttachmentFirst(true);
    const outcome = await room.world.finish(room.start({ waitFor: 'healthy' }));
    expect(outcome.privateIp).toMatch(/^10\./);
  });

  test('if the task cannot be stopped either, the failure contains both errors', async () => {
    const room = await openEngineRoom();
    for (const operation of ['RegisterTargets', 'StopTask']) {
      room.world.faults.plant({ operation, fault: { kind: 'access-denied' }, times: Infinity });
    }
    const error = await failureOf(room, room.start());
    expect(error.name).toBe('CompensationFailed');
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect((error.cause as AggregateError).errors.map((one: Error) => one.message)).toEqual([
      expect.stringContaining('RegisterTargets'),
      expect.stringContaining('StopTask'),
    ]);
  });

  test('the failure of a start that adopted a task changes nothing', async () => {
    const room = await openEngineRoom({ inUse: false });
    await room.world.finish(room.start());
    await room.world.clock.advance(2_000);
    const before = mutations(room).length;
    const error = await failureOf(room, room.start({ waitFor: 'healthy' }, { caller: 'LAMBDA-2' }));
    expect(error.name).toBe('TargetUnusable');
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(mutations(room).slice(before)).toEqual(['TagResource']);
  });
});
