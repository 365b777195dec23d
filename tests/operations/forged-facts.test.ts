// Attack review, finding 7: launch facts, tags and reasons can be written by anybody who may run, tag or stop a task.
import { describeServices, reconcileAll, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom, workspace } from './engine-room.ts';

const settled = <Outcome>(promise: Promise<Outcome>) =>
  promise.catch((error: { code: string; message: string }) => `${error.code}: ${error.message}`);

/** Facts as the function writes them, with some of them forged. */
function forge(room: EngineRoom, changes: Readonly<Record<string, unknown>>): string {
  const now = room.world.clock.now();
  return JSON.stringify({
    v: 1,
    launchId: 'forged-1',
    targets: [{ targetGroupArn: room.targetGroupArn, port: 8080 }],
    waitFor: 'running',
    deadline: now + 300_000,
    healthyTimeoutSeconds: 120,
    drainSeconds: 15,
    exclusiveTargetGroup: true,
    asked: now,
    correlationId: 'forged',
    fingerprints: {},
    ...changes,
  });
}

async function runForged(room: EngineRoom, value: string): Promise<string> {
  const environment = [{ name: 'START_ENGINES_LAUNCH_FACTS', value }];
  const { tasks } = await room.world.client('ecs', 'MALLORY').call('RunTask', {
    cluster: 'auth-cluster',
    taskDefinition: 'auth-api-task',
    launchType: 'FARGATE',
    startedBy: `start-engines/${workspace}/auth`,
    overrides: { containerOverrides: [{ name: 'app', environment }] },
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0aaaaaaaaaaaaaaa1'] } },
  });
  await room.world.clock.advance(90_000);
  return (tasks as { taskArn: string }[])[0]?.taskArn ?? '';
}

const stop = (room: EngineRoom) =>
  room.world.finish(
    settled(stopService(room.ports('STOPPER'), { service: 'auth', asked: room.world.clock.now() }, room.context())),
  );

test.each([
  ['an asked in the far future', { asked: 9e15 }],
  ['an asked that is next year', { asked: Date.parse('2099-01-01') }],
  ['a deadline in the far future', { deadline: 1e300 }],
  ['a drain of months', { drainSeconds: 1e7 }],
])('facts with %s break neither reconcile nor status, and a stop takes their task down', async (_what, changes) => {
  const room = await openEngineRoom();
  const taskArn = await runForged(room, forge(room, changes));
  const reconcile = settled(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(await room.world.finish(reconcile)).toEqual([
    expect.objectContaining({ service: 'auth', tasksStopped: [], remarks: [expect.stringContaining(taskArn)] }),
  ]);
  const [status] = await room.world.finish(describeServices(room.ports('READER'), room.context()));
  expect(status?.tasks).toEqual([expect.objectContaining({ taskArn })]);
  expect(await stop(room)).toMatchObject({ status: 'stopped', tasksStopped: [taskArn] });
  await room.world.clock.advance(60_000);
  expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
});

test('a tag that says the task was asked for in the future does not keep a stop from taking it down', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start());
  const tags = [{ key: 'start-engines:asked.3', value: '2199-01-01T00:00:00.000Z' }];
  await room.world.client('ecs', 'MALLORY').call('TagResource', { resourceArn: taskArn, tags });
  await room.world.clock.advance(10_000);
  expect(await stop(room)).toMatchObject({ status: 'stopped', tasksStopped: [taskArn] });
});

test('a stop of the future, in a tag, a reason or a note, supersedes no start', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start());
  const tags = [{ key: 'start-engines:retire.3', value: '2199-01-01T00:00:00.000Z/stop' }];
  await room.world.client('ecs', 'MALLORY').call('TagResource', { resourceArn: taskArn, tags });
  await room.world.clock.advance(10_000);
  expect(await room.world.finish(room.start({}, { caller: 'LATER' }))).toMatchObject({ taskArn, reused: true });
  const reason = 'stop@2199-01-01T00:00:00.000Z';
  await room.world.client('ecs', 'MALLORY').call('StopTask', { cluster: 'auth-cluster', task: taskArn, reason });
  await room.world.client('ssm', 'MALLORY').call('PutParameter', {
    Name: '/start-engines/dev/stops/auth',
    Type: 'String',
    Value: '+275760-09-13T00:00:00.000Z',
  });
  await room.world.clock.advance(60_000);
  const late = room.start({ asked: room.world.clock.now() - 10_000 }, { caller: 'LATE' });
  expect(await room.world.finish(late)).toMatchObject({ service: 'auth', reused: false });
});
