import { type StartRequest, stopService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

test('a start after one that found no capacity does not fail with a conflict that names no task', async () => {
  const room = await openEngineRoom();
  room.world.ecs.admin.exhaustCapacity();
  await room.world.finish(room.start({ waitFor: 'none' })).catch(() => undefined);
  room.world.ecs.admin.restoreCapacity();
  await room.world.clock.advance(120_000);
  const outcome = await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
  expect(outcome.reused).toBe(false);
});

// Section 2 of the attack's issue: further attempts while startTimeoutSeconds lasts.
describe('while ECS has no capacity', () => {
  const attempts = ({ world }: EngineRoom) => {
    const calls = world.calls.list({ operation: 'RunTask' });
    const [first] = calls;
    return calls.map((call) => Math.round((call.startedAt - (first?.startedAt ?? 0)) / 1000));
  };

  test('a start tries again after five seconds, then every minute, until startTimeoutSeconds is over', async () => {
    const room = await openEngineRoom();
    room.world.ecs.admin.exhaustCapacity();
    await expect(room.world.finish(room.start())).rejects.toMatchObject({
      name: 'CapacityUnavailable',
      message: expect.stringContaining('Capacity is unavailable at this time'),
    });
    expect(attempts(room)).toEqual([0, 5, 65, 125, 185, 245]);
    const tokens = room.world.calls.list({ operation: 'RunTask' }).map((call) => call.input.clientToken);
    expect(new Set(tokens).size).toBe(6);
    expect(room.tasks()).toEqual([]);
  });

  test('a start uses capacity that returns after three minutes, and the task gets its full time to run', async () => {
    const room = await openEngineRoom({ durations: { imagePullMs: [200_000, 200_000] } });
    room.world.ecs.admin.exhaustCapacity();
    const start = room.start();
    await room.world.clock.advance(180_000);
    room.world.ecs.admin.restoreCapacity();
    expect((await room.world.finish(start)).reused).toBe(false);
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  });

  test('a start answers in time when the function has less time left than startTimeoutSeconds', async () => {
    const room = await openEngineRoom();
    room.world.ecs.admin.exhaustCapacity();
    await expect(room.world.finish(room.start({}, { timeoutMs: 120_000 }))).rejects.toMatchObject({
      name: 'CapacityUnavailable',
    });
    expect(attempts(room)).toEqual([0, 5, 65]);
  });

  test('a start that waits for nothing answers after its second attempt', async () => {
    const room = await openEngineRoom();
    room.world.ecs.admin.exhaustCapacity();
    await expect(room.world.finish(room.start({ waitFor: 'none' }))).rejects.toMatchObject({
      name: 'CapacityUnavailable',
    });
    expect(attempts(room)).toEqual([0, 5]);
  });

  test('a stop in the meantime ends the start', async () => {
    const room = await openEngineRoom();
    room.world.ecs.admin.exhaustCapacity();
    const start = room.world.finish(room.start());
    await room.world.clock.advance(10_000);
    const stop = { service: 'auth', asked: room.world.clock.now() };
    await room.world.finish(stopService(room.ports('STOPPER'), stop, room.context()));
    room.world.ecs.admin.restoreCapacity();
    await expect(start).rejects.toMatchObject({ name: 'Superseded' });
    expect(room.tasks()).toEqual([]);
  });

  test('two starts whose attempts fall on both sides of a full minute launch one task', async () => {
    for (const offsetMs of [0, 500, 1_000, 1_500]) {
      const room = await openEngineRoom({ durations: { taskReadLagMs: 2_000 } });
      const { clock, ecs } = room.world;
      await clock.advance(60_000 - (clock.now() % 60_000) + 54_800);
      ecs.admin.exhaustCapacity();
      const starts = [room.start({}, { caller: 'ONE' })];
      await clock.advance(2_000);
      ecs.admin.restoreCapacity();
      // The first start is due at 59.8 s. This one finds the first token spent at 60 s or later.
      await clock.advance(3_300 + offsetMs);
      starts.push(room.start({}, { caller: 'TWO' }));
      await room.world.finish(Promise.all(starts));
      expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    }
  });
});

// The wordings are from public bug reports: ECS throws some refusals and lists others in `failures`.
describe('lack of capacity that ECS throws', () => {
  const thrown = [
    ['ClientException', 'Tasks provisioning capacity limit exceeded.'],
    ['InvalidParameterException', 'No Container Instances were found in your cluster.'],
    [
      'ClientException',
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
    ],
    ['ThrottlingException', "You've reached the limit on the number of vCPUs you can run concurrently"],
    [
      'InvalidParameterException',
      'Error retrieving subnet information for [subnet-1]: no free addresses (ErrorCode: InsufficientFreeAddressesInSubnet)',
    ],
  ] as const;

  const tokensOf = ({ world }: EngineRoom) =>
    world.calls.list({ operation: 'RunTask' }).map((call) => call.input.clientToken);

  test.each(thrown)(
    'is CapacityUnavailable, after attempts for as long as startTimeoutSeconds: %s %s',
    async (code, message) => {
      const room = await openEngineRoom();
      room.world.faults.plant({ operation: 'RunTask', times: Infinity, fault: { kind: 'error', code, message } });
      await expect(room.world.finish(room.start())).rejects.toMatchObject({
        name: 'CapacityUnavailable',
        message: expect.stringContaining(message),
      });
      expect(tokensOf(room)).toHaveLength(6);
    },
  );

  test.each(thrown)('is followed by a launch once there is capacity: %s %s', async (code, message) => {
    const room = await openEngineRoom();
    room.world.faults.plant({ operation: 'RunTask', times: 3, fault: { kind: 'error', code, message } });
    expect((await room.world.finish(room.start())).reused).toBe(false);
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  });

  test('leaves the token unused, so a start that does not see the task yet launches no second one', async () => {
    const room = await openEngineRoom({ durations: { taskReadLagMs: 2_000 } });
    const [[code, message]] = thrown;
    room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'error', code, message } });
    const first = room.start({}, { caller: 'ONE' });
    await room.world.clock.advance(5_800);
    const second = room.start({}, { caller: 'TWO' });
    const outcomes = await room.world.finish(Promise.all([first, second]));
    expect(new Set(outcomes.map((outcome) => outcome.taskArn)).size).toBe(1);
    expect(new Set(tokensOf(room)).size).toBe(1);
  });

  test('uses up the token once ECS has refused another start’s call with it', async () => {
    const room = await openEngineRoom();
    const [[code, message]] = thrown;
    room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'error', code, message } });
    room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'capacity' } });
    const first = room.start({}, { caller: 'ONE' });
    await room.world.clock.advance(1_000);
    const second = room.start({}, { caller: 'TWO' });
    const outcomes = await room.world.finish(Promise.all([first, second]));
    expect(new Set(outcomes.map((outcome) => outcome.taskArn)).size).toBe(1);
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  });
});

/** A start waits for capacity and repairs what its next look finds. Returns whether the stranger's target is left. */
async function startNextToStranger(room: EngineRoom, request: Partial<StartRequest> = {}): Promise<boolean> {
  const stranger = { ip: '10.9.9.9', port: 8080 };
  await room.world.finish(room.ports('STRANGER').targets.register(room.targetGroupArn, stranger));
  await room.world.clock.advance(10_000);
  room.world.ecs.admin.exhaustCapacity();
  const start = room.start(request);
  await room.world.clock.advance(4_000);
  room.world.ecs.admin.restoreCapacity();
  await room.world.finish(start);
  return room.targets().some((target) => target.startsWith(stranger.ip) && !target.endsWith('draining'));
}

test('a start leaves a target without a task to the scheduled reconcile, which knows the other services of the group', async () => {
  const room = await openEngineRoom();
  expect(await startNextToStranger(room)).toBe(true);
});

test('a target without a task stays if an override names its group, because it may belong to another service', async () => {
  const room = await openEngineRoom();
  const allowOverrides = { targetGroupArn: [room.targetGroupArn] };
  await room.putMapping({ targetGroupArn: room.secondGroupArn, allowOverrides });
  expect(await startNextToStranger(room, { overrides: { targetGroupArn: room.targetGroupArn } })).toBe(true);
});
