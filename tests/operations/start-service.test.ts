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

describe('starting a service', () => {
  test('launches, waits until it runs, registers it, and says where it is', async () => {
    const room = await openEngineRoom();
    const outcome = await room.world.finish(room.start());
    expect(outcome).toEqual({
      service: 'auth',
      taskArn: expect.stringMatching(/^arn:aws:ecs:us-east-2:123456789012:task\/auth-cluster\/[0-9a-f]{32}$/),
      taskId: expect.stringMatching(/^[0-9a-f]{32}$/),
      reused: false,
      waitedFor: 'running',
      privateIp: expect.stringMatching(/^10\./),
      targets: [{ targetGroupArn: room.targetGroupArn, port: 8080, healthStatus: 'initial' }],
    });
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(room.targets()).toEqual([`${outcome.privateIp}:8080 initial`]);
    expect(mutations(room)).toEqual(['RunTask', 'RegisterTargets']);
  });

  test('waits for healthy when it is asked to', async () => {
    const room = await openEngineRoom();
    const outcome = await room.world.finish(room.start({ waitFor: 'healthy' }));
    expect(outcome.targets?.[0].healthStatus).toBe('healthy');
    expect(room.journal.map((entry) => entry.kind)).toEqual(['launched', 'running', 'registered', 'healthy']);
  });

  test('leaves after RunTask when it waits for nothing', async () => {
    const room = await openEngineRoom();
    const outcome = await room.world.finish(room.start({ waitFor: 'none' }));
    expect(outcome).toMatchObject({ service: 'auth', reused: false, waitedFor: 'none' });
    expect(outcome.targets).toBeUndefined();
    expect(room.tasks()).toEqual(['PROVISIONING/RUNNING']);
    expect(mutations(room)).toEqual(['RunTask']);
  });

  test('registers the task in every target group, each with its own port', async () => {
    const room = await openEngineRoom();
    const [{ targetGroupArn }, second] = [room, room.secondGroupArn];
    await room.putMapping({
      targetGroupArn: undefined,
      targetGroups: [{ arn: targetGroupArn }, { arn: second, port: 8081 }],
    });
    const outcome = await room.world.finish(room.start({ waitFor: 'healthy' }));
    expect(outcome.targets).toEqual([
      { targetGroupArn, port: 8080, healthStatus: 'healthy' },
      { targetGroupArn: second, port: 8081, healthStatus: 'healthy' },
    ]);
    expect(room.targets(second)).toEqual([`${outcome.privateIp}:8081 healthy`]);
  });

  test('makes no more calls than the job needs', async () => {
    const room = await openEngineRoom({ durations: { taskReadLagMs: 0 }, mapping: { containerName: 'app' } });
    await room.world.finish(room.start());
    const calls = room.operations();
    const polls = calls.filter((operation) => operation === 'DescribeTasks').length;
    expect(calls.filter((operation, index) => operation !== calls[index - 1])).toEqual([
      'GetParameters',
      'DescribeTargetHealth',
      'ListTasks',
      'RunTask',
      'DescribeTasks',
      'RegisterTargets',
      'DescribeTargetHealth',
      'DescribeTasks',
    ]);
    expect(polls).toBeGreaterThan(5);
  });

  test('edits in Parameter Store take effect within the TTL, without a deploy', async () => {
    const room = await openEngineRoom();
    const ports = room.ports();
    expect((await ports.mappings.load('auth')).mapping.port).toBe(8080);
    await room.putMapping({ port: 8081 });
    await room.world.clock.advance(30_000);
    expect((await ports.mappings.load('auth')).mapping.port).toBe(8081);
  });
});

describe('one live task, however many starts arrive', () => {
  test('the same event delivered twice starts one task and registers one target (R1)', async () => {
    const room = await openEngineRoom();
    const asked = room.world.clock.now();
    const first = await room.world.finish(room.start({ asked }));
    const second = await room.world.finish(room.start({ asked }, { caller: 'LAMBDA-2' }));
    expect(second).toEqual({ ...first, reused: true, targets: expect.anything() });
    expect(mutations(room).filter((operation) => operation !== 'RegisterTargets')).toEqual(['RunTask']);
    expect(room.targets()).toHaveLength(1);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('ten starts at once run one task, seed %i (R2)', async (seed) => {
    const room = await openEngineRoom({ seed });
    const starts = Array.from({ length: 10 }, (_, index) =>
      room.start({ waitFor: index % 2 === 0 ? 'running' : 'healthy' }, { caller: `LAMBDA-${index}` }),
    );
    const outcomes = await room.world.finish(Promise.all(starts));
    expect(new Set(outcomes.map((outcome) => outcome.taskArn)).size).toBe(1);
    expect(outcomes.filter((outcome) => !outcome.reused)).toHaveLength(1);
    expect(room.world.ecs.admin.counts().tasksCreated).toBe(1);
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(room.targets()).toHaveLength(1);
  });

  test('stale reads, replayed tokens and conflicts really happen to ten starts at once', async () => {
    const seen = { staleTaskReads: 0, conflicts: 0, replays: 0 };
    for (const seed of [1, 2, 3, 4]) {
      const room = await openEngineRoom({ seed });
      room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'drop-after' } });
      await room.world.finish(
        Promise.all(Array.from({ length: 10 }, (_, n) => room.start({}, { caller: `LAMBDA-${n}` }))),
      );
      const counts = room.world.ecs.admin.counts();
      expect(counts.tasksCreated).toBe(1);
      seen.staleTaskReads += counts.staleTaskReads;
      seen.conflicts += counts.conflicts;
      seen.replays += counts.replays;
    }
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(0);
    expect(seen.replays).toBe(4);
  });

  test('a start after a crash makes the next generation and takes the old target out', async () => {
    const room = await openEngineRoom();
    const first = await room.world.finish(room.start());
    room.world.ecs.admin.crashTask(first.taskArn);
    await room.world.clock.advance(60_000);
    const second = await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
    expect(second.taskArn).not.toBe(first.taskArn);
    expect(second.reused).toBe(false);
    expect(room.targets().filter((target) => !target.includes('draining'))).toEqual([
      `${second.privateIp}:8080 initial`,
    ]);
  });

  test('a generation’s token that leads to an ended task leads on to the next generation', async () => {
    const room = await openEngineRoom();
    const first = await room.world.finish(room.start());
    room.world.ecs.admin.crashTask(first.taskArn);
    await room.world.clock.advance(60_000);
    // The list of ended tasks names it, and the description does not show it yet: it looks like the first start ever.
    const fault = room.world.faults.plant({ operation: 'DescribeTasks', fault: { kind: 'missing' } });
    const second = await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
    expect(fault.consumed).toBe(1);
    expect(second.taskArn).not.toBe(first.taskArn);
    expect(room.world.ecs.admin.counts()).toMatchObject({ tasksCreated: 2, conflicts: 1 });
  });

  test('a task with the same name of owner in another workspace is not adopted', async () => {
    const room = await openEngineRoom();
    const other = { ...room.ports('OTHER'), workspace: 'prod' };
    const { startService } = await import('@start-engines/core');
    const context = { correlationId: 'x', deadline: room.world.clock.now() + 600_000 };
    const request = { service: 'auth', asked: room.world.clock.now(), overrides: {} };
    const inProd = await room.world.finish(startService(other, request, context));
    const inDev = await room.world.finish(room.start());
    expect(inDev.taskArn).not.toBe(inProd.taskArn);
    expect(inDev.reused).toBe(false);
  });

  test('a live task that was started without the requested override is not passed off as it', async () => {
    const room = await openEngineRoom({ mapping: { allowOverrides: { port: [8081] } } });
    await room.world.finish(room.start());
    const error = await failureOf(room, room.start({ overrides: { port: 8081 } }));
    expect(error).toMatchObject({ name: 'OverrideNotApplied', context: { fields: ['port'] } });
    expect(mutations(room)).toEqual(['RunTask', 'RegisterTargets']);
  });
});

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
    'any single call of a start meets %s: it starts all the same, once (R6)',
    async (kind) => {
      const quiet = await openEngineRoom();
      await quiet.world.finish(quiet.start({ waitFor: 'healthy' }));
      const made = quiet.operations().filter((operation) => operation !== 'GetParameters');
      expect(new Set(made).size).toBe(6);
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

  test('no permission to read health while waiting for healthy fails at once (R13)', async () => {
    const room = await openEngineRoom();
    const fault = { kind: 'access-denied' } as const;
    const planted = room.world.faults.plant({ operation: 'DescribeTargetHealth', fault, nth: 2, times: Infinity });
    const error = await failureOf(room, room.start({ waitFor: 'healthy' }));
    expect(error.name).toBe('AwsAccessDenied');
    expect(error.message).toContain('The health of task arn:aws:ecs:');
    const [registered] = room.world.calls.list({ operation: 'RegisterTargets' });
    const [marked] = room.world.calls.list({ operation: 'TagResource' });
    expect((marked?.startedAt ?? Infinity) - (registered?.startedAt ?? 0)).toBeLessThan(2_000);
    expect(planted.consumed).toBeGreaterThan(0);
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

  test('no capacity: one more attempt with another token, then an error with the reason', async () => {
    const room = await openEngineRoom();
    room.world.ecs.admin.exhaustCapacity();
    const error = await failureOf(room, room.start());
    expect(error.name).toBe('CapacityUnavailable');
    expect(error.message).toContain('Capacity is unavailable at this time');
    expect(mutations(room)).toEqual(['RunTask', 'RunTask']);
    const tokens = room.world.calls.list({ operation: 'RunTask' }).map((call) => call.input.clientToken);
    expect(new Set(tokens).size).toBe(2);
  });

  test('capacity that comes back in time is used', async () => {
    const room = await openEngineRoom();
    const fault = room.world.faults.plant({ operation: 'RunTask', fault: { kind: 'capacity' } });
    const outcome = await room.world.finish(room.start());
    expect(fault.consumed).toBe(1);
    expect(outcome.reused).toBe(false);
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

describe('a stop that was asked later', () => {
  test.each([
    ['earlier than the stop', -1, 'Superseded'],
    ['later than the stop', 1, undefined],
  ])('a start asked %s', async (_, offset, expected) => {
    const room = await openEngineRoom();
    const first = await room.world.finish(room.start());
    const stopAsked = room.world.clock.now();
    await room.ports().tasks.stop(first.taskArn, `stop@${new Date(stopAsked).toISOString()}`);
    await room.world.clock.advance(60_000);
    const start = room.start({ asked: stopAsked + offset });
    if (expected !== undefined) expect((await failureOf(room, start)).name).toBe(expected);
    else expect((await room.world.finish(start)).reused).toBe(false);
  });
});
