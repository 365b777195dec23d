import { type ReconcileOutcome, reconcileAll, type StartEnginesError, type StartOutcome } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';
import { type Inheritance, openInheritance, operations, standing } from './shared-addresses.ts';

// Attack review, findings 11 and 12: cases in which the owner of an ended task's address must be read from AWS.

const run = (inheritance: Inheritance, operation: string): Promise<unknown> =>
  inheritance.room.world.finish(operations[operation]?.(inheritance) ?? Promise.reject());

/** How often the caller has listed a whole cluster. */
function listings({ room }: Pick<Inheritance, 'room'>, caller = 'OPERATION'): number {
  const lists = room.world.calls.list({ caller, operation: 'ListTasks' });
  return lists.filter(({ input }) => input.startedBy === undefined && input.desiredStatus === 'RUNNING').length;
}

const ofWholeCluster = (input: Readonly<Record<string, unknown>>) => input.startedBy === undefined;

describe('a start', () => {
  test('lists no cluster in the ordinary case, whether it launches, adopts or follows a stop', async () => {
    const room = await openEngineRoom();
    await room.world.finish(room.start({ waitFor: 'healthy' }, { caller: 'OPERATION' }));
    await room.world.finish(room.start({}, { caller: 'OPERATION' }));
    await room.world.finish(operations.stop?.({ room } as Inheritance) ?? Promise.reject());
    await room.world.clock.advance(60_000);
    await room.world.finish(room.start({}, { caller: 'OPERATION' }));
    expect(listings({ room })).toBe(0);
  });

  test('lists the cluster once if a target may belong to another task', async () => {
    const inheritance = await openInheritance('own group', { exclusive: true });
    await run(inheritance, 'start');
    expect(listings(inheritance)).toBe(1);
  });

  test('deregisters the target of its own crashed task after checking that no other task has the address', async () => {
    const instantly = { stopNoticeMs: [0, 0], deactivationMs: [0, 0], deprovisioningMs: [0, 0] } as const;
    const durations = { ...instantly, taskReadLagMs: 0, firstHealthCheckMs: [60_000, 60_000] } as const;
    const room = await openEngineRoom({ durations });
    const starting = room.start({ waitFor: 'healthy' }, { caller: 'OPERATION' });
    const failure = starting.catch((error: StartEnginesError) => error);
    while (standing(room, room.targetGroupArn).length === 0) await room.world.clock.advance(100);
    await room.world.clock.advance(5_000);
    room.world.ecs.admin.crashTask(room.world.ecs.admin.tasks()[0]?.taskArn ?? '');
    expect(await room.world.finish(failure)).toMatchObject({ name: 'TaskStopped' });
    expect(standing(room, room.targetGroupArn)).toEqual([]);
    expect(listings({ room })).toBe(1);
  });

  for (const kind of ['throttle', 'access-denied'] as const) {
    test(`does not fail on ${kind} for that list, and leaves the target to the next reconcile`, async () => {
      const inheritance = await openInheritance('own group', { exclusive: false });
      const { room, ip } = inheritance;
      const plan = { operation: 'ListTasks', matches: ofWholeCluster, times: Infinity, fault: { kind } } as const;
      room.world.faults.plant({ ...plan, caller: 'OPERATION' });
      expect(((await run(inheritance, 'start')) as StartOutcome).reused).toBe(false);
      expect(room.journal).toContainEqual(expect.objectContaining({ kind: 'aws-trouble' }));
      expect(standing(room, room.targetGroupArn)).toContain(`${ip}:8080`);
      const outcomes = await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
      expect(outcomes).toMatchObject([{ service: 'auth', deregistered: [{ ip, port: 8080 }] }]);
    });
  }
});

describe('a stop', () => {
  test('retries until AWS answers', async () => {
    const inheritance = await openInheritance('own group', { exclusive: true });
    const { room } = inheritance;
    const plan = { operation: 'ListTasks', matches: ofWholeCluster, times: 4, fault: { kind: 'throttle' } } as const;
    room.world.faults.plant({ ...plan, caller: 'OPERATION' });
    expect(await run(inheritance, 'stop')).toMatchObject({ status: 'stopped', targetsDeregistered: [{ port: 8080 }] });
    expect(standing(room, room.targetGroupArn)).toEqual([]);
  });

  test('without permission for that list fails after it has done everything else', async () => {
    const inheritance = await openInheritance('own group', { exclusive: true });
    const { room, ip } = inheritance;
    const fault = { kind: 'access-denied' } as const;
    room.world.faults.plant({ operation: 'ListTasks', matches: ofWholeCluster, times: Infinity, fault });
    const failure = run(inheritance, 'stop').catch((error: StartEnginesError) => error);
    expect(await failure).toMatchObject({ name: 'AwsAccessDenied', results: undefined });
    expect(standing(room, room.targetGroupArn)).toEqual([`${ip}:8080`]);
    expect(room.operations({ caller: 'OPERATION' })).toContain('PutParameter');
  });
});

describe('a reconcile of one change', () => {
  test('retries until AWS says which task has the address', async () => {
    const inheritance = await openInheritance('own group', { exclusive: true });
    const { room } = inheritance;
    const plan = { operation: 'ListTasks', matches: ofWholeCluster, times: 4, fault: { kind: 'throttle' } } as const;
    room.world.faults.plant({ ...plan, caller: 'OPERATION' });
    const outcome = (await run(inheritance, 'reconcile of one change')) as ReconcileOutcome;
    expect(outcome).toMatchObject({ deregistered: [{ ip: inheritance.ip, port: 8080 }], remarks: [] });
    expect(standing(room, room.targetGroupArn)).toEqual([]);
  });

  test.for([
    ['throttle', 'AwsThrottled'],
    ['access-denied', 'AwsAccessDenied'],
  ] as const)('fails if AWS never says which task has the address: %s', async ([kind, code]) => {
    const inheritance = await openInheritance('own group', { exclusive: true });
    const { room, ip } = inheritance;
    const plan = { operation: 'ListTasks', matches: ofWholeCluster, times: Infinity, fault: { kind } } as const;
    room.world.faults.plant({ ...plan, caller: 'OPERATION' });
    const failure = run(inheritance, 'reconcile of one change').catch((error: StartEnginesError) => error);
    expect(await failure).toMatchObject({ name: code });
    expect(standing(room, room.targetGroupArn)).toEqual([`${ip}:8080`]);
  });

  test('deregisters an unhealthy target from the service’s own group without listing the cluster', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    room.world.ecs.admin.crashTask(taskArn);
    await room.world.clock.advance(60_000);
    await run({ room, endedTaskArn: taskArn } as Inheritance, 'reconcile of one change');
    expect(standing(room, room.targetGroupArn)).toEqual([]);
    expect(listings({ room })).toBe(0);
  });

  test('deregisters the target of a task that is still stopping without listing the cluster', async () => {
    const room = await openEngineRoom({ mapping: { exclusiveTargetGroup: false } });
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    room.world.ecs.admin.crashTask(taskArn);
    while (room.tasks()[0]?.endsWith('/RUNNING')) await room.world.clock.advance(100);
    await run({ room, endedTaskArn: taskArn } as Inheritance, 'reconcile of one change');
    expect(room.tasks()[0]).not.toBe('STOPPED/STOPPED');
    expect(standing(room, room.targetGroupArn)).toEqual([]);
    expect(listings({ room })).toBe(0);
  });
});

describe('a scheduled reconcile', () => {
  test('needs no additional list of the cluster', async () => {
    const inheritance = await openInheritance('own group', { exclusive: false });
    await run(inheritance, 'scheduled reconcile');
    expect(listings(inheritance)).toBe(1);
  });
});
