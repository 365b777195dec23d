// Attack review, finding 7: any principal that may run, tag or stop a task can write launch facts, tags and reasons.
import { describeServices, reconcileAll, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom, workspace } from './engine-room.ts';

const settled = <Outcome>(promise: Promise<Outcome>) =>
  promise.catch((error: { code: string; message: string }) => `${error.code}: ${error.message}`);

/** Genuine facts, some of them replaced. */
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
  ['an asked in a later year', { asked: Date.parse('2099-01-01') }],
  ['a deadline in the far future', { deadline: 1e300 }],
  ['a drain time of months', { drainSeconds: 1e7 }],
])('facts with %s break neither reconcile nor status, and a stop stops the task', async (_what, changes) => {
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

test('a stop stops a task whose tag has a request time in the future', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start());
  const tags = [{ key: 'start-engines:asked.3', value: '2199-01-01T00:00:00.000Z' }];
  await room.world.client('ecs', 'MALLORY').call('TagResource', { resourceArn: taskArn, tags });
  await room.world.clock.advance(10_000);
  expect(await stop(room)).toMatchObject({ status: 'stopped', tasksStopped: [taskArn] });
});

test('a stop with a time in the future, in a tag, a reason or a note, supersedes no start', async () => {
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

// Attack review, finding 7d: such a task made every start of the service fail.
test.each([
  ['without facts', 'nothing'],
  ['with facts out of bounds', '{"v":1,"drainSeconds":1e7}'],
])('starts launch one task in addition to a live task %s, and a stop stops both', async (_what, value) => {
  const room = await openEngineRoom();
  const foreign = await runForged(room, value);
  const starts = [room.start({}, { caller: 'L-1' }), room.start({}, { caller: 'L-2' })];
  const [first, second] = await room.world.finish(Promise.all(starts));
  expect(first?.taskArn).not.toBe(foreign);
  expect(second?.taskArn).toBe(first?.taskArn);
  expect(room.tasks()).toEqual(['RUNNING/RUNNING', 'RUNNING/RUNNING']);
  const again = await room.world.finish(room.start({}, { caller: 'L-3' }));
  expect(again).toMatchObject({ taskArn: first?.taskArn, reused: true });
  expect(await stop(room)).toMatchObject({ status: 'stopped', tasksStopped: expect.arrayContaining([foreign]) });
  await room.world.clock.advance(60_000);
  expect(room.tasks()).toEqual(['STOPPED/STOPPED', 'STOPPED/STOPPED']);
});

test('a foreign task is deregistered from the target group, and the genuine task stays', async () => {
  const room = await openEngineRoom();
  const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
  const foreign = await runForged(room, 'nothing');
  const ip = room.world.ecs.admin.tasks().find((task) => task.taskArn === foreign)?.containers[0]
    ?.networkInterfaces[0]?.privateIpv4Address;
  const Targets = [{ Id: ip, Port: 8080 }];
  const input = { TargetGroupArn: room.targetGroupArn, Targets };
  await room.world.client('elasticloadbalancing', 'MALLORY').call('RegisterTargets', input);
  await room.world.clock.advance(30_000);
  const [outcome] = await room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));
  expect(outcome).toMatchObject({ tasksRetired: [], tasksStopped: [], deregistered: [{ ip, port: 8080 }] });
  expect(outcome?.remarks).toEqual([expect.stringContaining(foreign)]);
  const again = await room.world.finish(room.start({}, { caller: 'L-3' }));
  expect(again).toMatchObject({ taskArn, reused: true });
});

test.each([
  [
    'with facts of another version',
    (room: EngineRoom) => forge(room, { v: 9 }),
    'carries launch facts that this version cannot read',
  ],
  [
    'with a drain time of months',
    (room: EngineRoom) => forge(room, { drainSeconds: 1e7 }),
    'carries launch facts whose drainSeconds is out of bounds',
  ],
])('each reconcile and each status name a task %s once, with its problem', async (_what, value, problem) => {
  const room = await openEngineRoom();
  const taskArn = await runForged(room, value(room));
  const foreign = () => room.journal.filter(({ kind }) => kind === 'foreign-task');
  const reconcile = () => room.world.finish(reconcileAll(room.ports('RECONCILER'), room.context()));

  await reconcile();
  expect(foreign()).toEqual([{ service: 'auth', kind: 'foreign-task', taskArn, problem }]);
  await reconcile();
  expect(foreign()).toHaveLength(2);

  const [status] = await room.world.finish(describeServices(room.ports('READER'), room.context()));
  const taskId = taskArn.split('/').at(-1);
  expect(status?.tasks[0]?.factsProblem).toMatchObject({
    kind: 'unreadable',
    message: `Task ${taskId} ${problem}, so it is neither registered nor adopted. Stop it with the other tasks of the service ("engines stop auth"), or alone ("aws ecs stop-task --cluster auth-cluster --task ${taskId}").`,
  });
});
