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

describe('when AWS is not in the mood', () => {
  test('registration is refused: the task is stopped again, and the error is the refusal (R3)', async () => {
    const room = await openEngineRoom();
    room.world.faults.plant({ operation: 'RegisterTargets', fault: { kind: 'access-denied' }, times: Infinity });
    const error = await failureOf(room, room.start());
    expect(error.name).toBe('AwsAccessDenied');
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
    expect(room.targets()).toEqual([]);
    expect(mutations(room)).toEqual(['RunTask', 'RegisterTargets', 'TagResource', 'DeregisterTargets', 'StopTask']);
  });

  test('registration in the second group is refused: the first one is left as well (R3)', async () => {
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

  test('health cannot be read: the start succeeds and says that it does not know (R4)', async () => {
    const room = await openEngineRoom();
    room.world.faults.plant({ operation: 'DescribeTargetHealth', fault: { kind: 'access-denied' }, times: Infinity });
    const outcome = await room.world.finish(room.start());
    expect(outcome.targets?.[0].healthStatus).toBe('unknown');
    expect(room.targets()).toHaveLength(1);
  });

  test('the task is MISSING for a while after RunTask (R5)', async () => {
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

  test('the function’s time runs out: it cleans up before Lambda would kill it (R9)', async () => {
    const room = await openEngineRoom({ durations: { imagePullMs: [600_000, 600_000] } });
    const begun = room.world.clock.now();
    const error = await failureOf(room, room.start({}, { timeoutMs: 60_000 }));
    expect(error.name).toBe('StartTimedOut');
    expect(room.world.clock.now() - begun).toBeLessThan(60_000);
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
  });

  test('the launcher’s time runs out while a later start waits for the same task: it is left to that one', async () => {
    const room = await openEngineRoom({ durations: { imagePullMs: [60_000, 60_000] } });
    const launcher = room.start({}, { timeoutMs: 60_000 }).catch((error: StartEnginesError) => error);
    await room.world.clock.advance(5_000);
    const adopter = room.start({}, { caller: 'LAMBDA-2' });
    expect(await room.world.finish(launcher)).toMatchObject({ name: 'StartTimedOut' });
    expect(await room.world.finish(adopter)).toMatchObject({ reused: true });
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(room.targets()).toHaveLength(1);
  });

  test('too little time to begin with: nothing is launched (R9)', async () => {
    const room = await openEngineRoom();
    const error = await failureOf(room, room.start({}, { timeoutMs: 20_000 }));
    expect(error.name).toBe('OutOfTime');
    expect(mutations(room)).toEqual([]);
  });

  test('unhealthy at the time-out is a failure, and the task does not stay (R12)', async () => {
    const room = await openEngineRoom();
    room.world.runtime.statusCodeFor(() => 503);
    const error = await failureOf(room, room.start({ waitFor: 'healthy' }));
    expect(error.name).toBe('TargetNotHealthy');
    expect(error.message).toContain('unhealthy Target.ResponseCodeMismatch');
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
    expect(room.targets()).toEqual([]);
  });

  test('no permission to read health while waiting for healthy fails at once and leaves the task up (R13)', async () => {
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

  test('a target group that no listener uses fails at once when healthy is wanted (R14)', async () => {
    const room = await openEngineRoom({ inUse: false });
    const error = await failureOf(room, room.start({ waitFor: 'healthy' }));
    expect(error).toMatchObject({ name: 'TargetUnusable', context: { reason: 'Target.NotInUse' } });
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
  });

  test('an image that cannot be pulled: stop code, reason and container reason are in the error (R21)', async () => {
    const room = await openEngineRoom({ image: 'registry.example/missing:1' });
    const error = await failureOf(room, room.start());
    expect(error).toMatchObject({ name: 'TaskStopped', context: { stopCode: 'TaskFailedToStart' } });
    expect(error.message).toMatch(/CannotPullContainerError: .*container "app"/s);
    expect(room.targets()).toEqual([]);
  });

  test('a task with a volume’s attachment first still gives its own address (R22)', async () => {
    const room = await openEngineRoom();
    room.world.ecs.admin.setVolumeAttachmentFirst(true);
    const outcome = await room.world.finish(room.start({ waitFor: 'healthy' }));
    expect(outcome.privateIp).toMatch(/^10\./);
  });

  test('the task cannot be taken down either: both errors are told, and nothing is hidden', async () => {
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

  test('an adopter’s failure changes nothing', async () => {
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
