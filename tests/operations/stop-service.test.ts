import { type StartEnginesError, type StopOutcome, stopService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

function stop(room: EngineRoom, asked = room.world.clock.now(), caller = 'STOPPER'): Promise<StopOutcome> {
  return room.world.finish(stopService(room.ports(caller), { service: 'auth', asked }, room.context()));
}

const mutations = (room: EngineRoom, caller = 'STOPPER') => room.operations({ mutating: true, caller });
const registered = (room: EngineRoom) => room.targets().filter((target) => !target.includes('draining'));

describe('stopping a service', () => {
  test('marks the task, deregisters it, lets it drain, and stops it (R28)', async () => {
    const room = await openEngineRoom();
    const { taskArn, privateIp } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    const outcome = await stop(room);
    expect(outcome).toEqual({
      service: 'auth',
      tasksStopped: [taskArn],
      targetsDeregistered: [{ targetGroupArn: room.targetGroupArn, ip: privateIp, port: 8080 }],
      status: 'stopped',
    });
    expect([...new Set(mutations(room))]).toEqual(['TagResource', 'DeregisterTargets', 'StopTask', 'PutParameter']);
    const [deregistered] = room.world.calls.list({ operation: 'DeregisterTargets' });
    const [stopped] = room.world.calls.list({ operation: 'StopTask' });
    expect((stopped?.startedAt ?? 0) - (deregistered?.startedAt ?? 0)).toBeGreaterThanOrEqual(15_000);
    expect(room.outcomes.map((one) => one.type)).toEqual(['Service Started', 'Service Stopped']);
  });

  test('stops no task of another service (R26)', async () => {
    const room = await openEngineRoom();
    await room.world.finish(room.start());
    const foreign = await room.world.client('ecs', 'SET-UP').call('RunTask', {
      cluster: 'auth-cluster',
      taskDefinition: 'auth-api-task',
      launchType: 'FARGATE',
      startedBy: 'start-engines/prod/auth',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0aaaaaaaaaaaaaaa1'] } },
    });
    await stop(room);
    await room.world.clock.advance(120_000);
    const [{ taskArn }] = foreign.tasks as [{ taskArn: string }];
    const kept = room.world.ecs.admin.tasks().filter((task) => task.lastStatus === 'RUNNING');
    expect(kept.map((task) => task.taskArn)).toEqual([taskArn]);
  });

  test('deregisters the target of a crashed task even if no task is running (R29)', async () => {
    const room = await openEngineRoom();
    const { taskArn, privateIp } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    room.world.ecs.admin.crashTask(taskArn);
    await room.world.clock.advance(60_000);
    const outcome = await stop(room);
    expect(outcome.tasksStopped).toEqual([]);
    expect(outcome.targetsDeregistered).toEqual([{ targetGroupArn: room.targetGroupArn, ip: privateIp, port: 8080 }]);
    expect(room.outcomes.map((one) => one.type)).toContain('Service Interrupted');
  });

  test('deregisters targets that were registered through overrides (R30)', async () => {
    const room = await openEngineRoom({ mapping: { allowOverrides: { targetGroupArn: ['*'], port: [8081] } } });
    const overrides = { targetGroupArn: room.secondGroupArn, port: 8081 };
    await room.world.finish(room.start({ overrides }));
    expect(room.targets(room.secondGroupArn)).toHaveLength(1);
    const outcome = await stop(room);
    expect(outcome.targetsDeregistered).toMatchObject([{ targetGroupArn: room.secondGroupArn, port: 8081 }]);
  });

  test('fails if StopTask is refused, and says what was done (R31)', async () => {
    const room = await openEngineRoom();
    await room.world.finish(room.start({ waitFor: 'healthy' }));
    room.world.faults.plant({ operation: 'StopTask', fault: { kind: 'access-denied' }, times: Infinity });
    const error = await stop(room).catch((caught: StartEnginesError) => caught);
    expect(error).toMatchObject({
      name: 'AwsAccessDenied',
      results: [{ service: 'auth', tasksStopped: [], targetsDeregistered: [{ port: 8080 }], status: 'failed' }],
    });
    expect(room.outcomes.at(-1)).toMatchObject({ type: 'Service Stop Failed', errorCode: 'AwsAccessDenied' });
  });

  test('works while the mapping is broken (R33)', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start());
    await room.world.client('ssm', 'SET-UP').call('DeleteParameter', { Name: '/start-engines/dev/services/auth' });
    const outcome = await stop(room);
    expect(outcome.tasksStopped).toEqual([taskArn]);
    expect(registered(room)).toEqual([]);
  });

  test('fails at once for an unknown service', async () => {
    const room = await openEngineRoom();
    await room.world.client('ssm', 'SET-UP').call('DeleteParameter', { Name: '/start-engines/dev/services/auth' });
    const error = await stop(room).catch((caught: StartEnginesError) => caught);
    expect(error).toMatchObject({ name: 'UnknownService' });
  });

  test('keeps a task that was requested later if the stop arrives late', async () => {
    const room = await openEngineRoom();
    const asked = room.world.clock.now();
    await room.world.clock.advance(1_000);
    await room.world.finish(room.start());
    const outcome = await stop(room, asked);
    expect(outcome).toMatchObject({ tasksStopped: [], targetsDeregistered: [], status: 'kept' });
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(registered(room)).toHaveLength(1);
  });

  test('remembers the later of two starts within the same second of the bus, whichever is written last', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    const second = Math.ceil(room.world.clock.now() / 1_000) * 1_000;
    await room.world.clock.advance(20_000);
    const later = room.ports('LATER').tasks.markAdopted(taskArn, { asked: second + 5_000 });
    expect(await room.world.finish(later)).toBe('marked');
    const earlier = room.ports('EARLIER').tasks.markAdopted(taskArn, { asked: second + 2_000 });
    expect(await room.world.finish(earlier)).toBe('marked');
    await room.world.clock.advance(20_000);
    expect(await stop(room, second + 3_000)).toMatchObject({ status: 'kept', tasksStopped: [] });
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  });

  test('keeps a task that a later start has adopted if the stop arrives late', async () => {
    const room = await openEngineRoom();
    await room.world.finish(room.start());
    const stopAsked = room.world.clock.now();
    await room.world.clock.advance(5_000);
    await room.world.finish(room.start({}, { caller: 'LAMBDA-2' }));
    await room.world.clock.advance(5_000);
    const outcome = await stop(room, stopAsked);
    expect(outcome.status).toBe('kept');
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  });

  test('finds a task at its second look if a start was under way at the first', async () => {
    const room = await openEngineRoom();
    const asked = room.world.clock.now();
    const stopping = stopService(room.ports('STOPPER'), { service: 'auth', asked: asked + 1 }, room.context());
    await room.world.clock.advance(3_000);
    const starting = room.start({ asked, waitFor: 'none' });
    const [stopped] = await room.world.finish(Promise.all([stopping, starting]));
    expect(stopped.tasksStopped).toHaveLength(1);
    await room.world.clock.advance(120_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
  });
});
