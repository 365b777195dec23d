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
  test('launches a task, waits until it runs, registers it, and returns its address', async () => {
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
    expect(mutations(room)).toEqual(['RunTask', 'RegisterTargets', 'TagResource']);
  });

  test('waits for healthy if requested', async () => {
    const room = await openEngineRoom();
    const outcome = await room.world.finish(room.start({ waitFor: 'healthy' }));
    expect(outcome.targets?.[0].healthStatus).toBe('healthy');
    expect(room.journal.map((entry) => entry.kind)).toEqual(['launched', 'running', 'registered', 'healthy']);
  });

  test('returns after RunTask if it waits for nothing', async () => {
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

  test('makes no unnecessary calls', async () => {
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
      'TagResource',
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
    expect(mutations(room).filter((operation) => operation === 'RunTask')).toHaveLength(1);
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

  test('ten starts at once meet stale reads, replayed tokens and conflicts', async () => {
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

  test('a start after a crash launches the next generation and deregisters the old target', async () => {
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

  test('a start whose token belongs to an ended task continues with the next generation', async () => {
    const room = await openEngineRoom();
    const first = await room.world.finish(room.start());
    room.world.ecs.admin.crashTask(first.taskArn);
    await room.world.clock.advance(60_000);
    // ECS lists the ended task but does not describe it yet, so this looks like the first start of all.
    const fault = room.world.faults.plant({ operation: 'DescribeTasks', fault: { kind: 'missing' } });
    const second = await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
    expect(fault.consumed).toBe(1);
    expect(second.taskArn).not.toBe(first.taskArn);
    expect(room.world.ecs.admin.counts()).toMatchObject({ tasksCreated: 2, conflicts: 1 });
  });

  test('a task of a service with the same name in another workspace is not adopted', async () => {
    const room = await openEngineRoom();
    const other = { ...room.ports('OTHER'), workspace: 'prod' };
    const { startService } = await import('@start-engines/core');
    const context = room.context();
    const request = { service: 'auth', asked: room.world.clock.now(), overrides: {} };
    const inProd = await room.world.finish(startService(other, request, context));
    const inDev = await room.world.finish(room.start());
    expect(inDev.taskArn).not.toBe(inProd.taskArn);
    expect(inDev.reused).toBe(false);
  });

  test('a start fails if the live task was started without the requested override', async () => {
    const room = await openEngineRoom({ mapping: { allowOverrides: { port: [8081] } } });
    await room.world.finish(room.start());
    const error = await failureOf(room, room.start({ overrides: { port: 8081 } }));
    expect(error).toMatchObject({ name: 'OverrideNotApplied', context: { fields: ['port'] } });
    expect(mutations(room)).toEqual(['RunTask', 'RegisterTargets', 'TagResource']);
  });
});

describe('a stop that was requested later', () => {
  test.each([
    ['before the stop', -1, 'Superseded'],
    ['after the stop', 1, undefined],
  ])('and a start requested %s', async (_, offset, expected) => {
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
