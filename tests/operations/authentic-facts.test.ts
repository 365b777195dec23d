// Attack review, finding 7a: a principal with ecs:RunTask could set our startedBy and have its task registered in any target group.
import { createHash } from 'node:crypto';
import {
  describeServices,
  type Ports,
  reconcileAll,
  restartService,
  startService,
  stopService,
  stopServices,
} from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom, workspace } from './engine-room.ts';

type Override = { readonly environment?: readonly { readonly name: string; readonly value: string }[] };

const settled = <Outcome>(promise: Promise<Outcome>) =>
  promise.catch((error: { code: string; message: string }) => `${error.code}: ${error.message}`);

function wellFormed(room: EngineRoom, changes: object = {}): string {
  const now = room.world.clock.now();
  return JSON.stringify({
    v: 1,
    launchId: 'forged-1',
    targets: [{ targetGroupArn: room.targetGroupArn, port: 8080 }],
    waitFor: 'running',
    deadline: now + 300_000,
    startTimeoutSeconds: 300,
    healthyTimeoutSeconds: 120,
    drainSeconds: 1,
    exclusiveTargetGroup: true,
    asked: now,
    launchedAt: now,
    correlationId: 'forged',
    fingerprints: {},
    ...changes,
  });
}

async function runTask(room: EngineRoom, containerOverrides: readonly object[], changes: object = {}): Promise<string> {
  const { tasks } = await room.world.client('ecs', 'MALLORY').call('RunTask', {
    cluster: 'auth-cluster',
    taskDefinition: 'auth-api-task',
    launchType: 'FARGATE',
    startedBy: `start-engines/${workspace}/auth`,
    overrides: {
      containerOverrides,
      ...('enableExecuteCommand' in changes ? { taskRoleArn: 'arn:aws:iam::123456789012:role/task' } : {}),
    },
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0aaaaaaaaaaaaaaa1'] } },
    ...changes,
  });
  await room.world.clock.advance(60_000);
  return (tasks as { taskArn: string }[])[0]?.taskArn ?? '';
}

function runWithFacts(room: EngineRoom, value: string): Promise<string> {
  return runTask(room, [{ name: 'app', environment: [{ name: 'START_ENGINES_LAUNCH_FACTS', value }] }]);
}

function overridesOf(room: EngineRoom, taskArn: string): readonly Override[] {
  const task = room.world.ecs.admin.tasks().find((one) => one.taskArn === taskArn);
  return (task?.overrides.containerOverrides ?? []) as readonly Override[];
}

function addressOf(room: EngineRoom, taskArn: string): string {
  const task = room.world.ecs.admin.tasks().find((one) => one.taskArn === taskArn);
  return `${task?.containers[0]?.networkInterfaces[0]?.privateIpv4Address}:8080`;
}

const reconcile = (room: EngineRoom, ports: Ports = room.ports('RECONCILER')) =>
  room.world.finish(settled(reconcileAll(ports, room.context())));

const stop = (room: EngineRoom, ports: Ports = room.ports('STOPPER')) =>
  room.world.finish(settled(stopService(ports, { service: 'auth', asked: room.world.clock.now() }, room.context())));

describe('a task with well-formed facts that the function did not write', () => {
  test.each([
    ['without a MAC', {}],
    ['with an invented MAC', { mac: 'A'.repeat(43) }],
  ])('%s replaces no task and gets no traffic; it is reported, and a stop stops it', async (_what, changes) => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    const forged = await runWithFacts(room, wellFormed(room, changes));
    const remark = `Task ${forged} carries launch facts that start-engines did not write for it, so it is neither registered nor adopted. A stop of the service stops it.`;
    expect(await reconcile(room)).toEqual([
      expect.objectContaining({ tasksRetired: [], tasksStopped: [], registered: [], remarks: [remark] }),
    ]);
    await room.world.clock.advance(60_000);
    expect(room.targets()).toEqual([`${addressOf(room, taskArn)} healthy`]);
    expect(await room.world.finish(room.start({}, { caller: 'AGAIN' }))).toMatchObject({ taskArn, reused: true });
    expect(await stop(room)).toMatchObject({
      status: 'stopped',
      tasksStopped: expect.arrayContaining([taskArn, forged]),
    });
  });

  test('is not registered in the groups that its facts name, even if they belong to other services', async () => {
    const room = await openEngineRoom();
    const targets = [room.targetGroupArn, room.secondGroupArn].map((targetGroupArn) => ({
      targetGroupArn,
      port: 8080,
    }));
    await runWithFacts(room, wellFormed(room, { targets, waitFor: 'none' }));
    await reconcile(room);
    await room.world.clock.advance(60_000);
    expect([room.targets(), room.targets(room.secondGroupArn)]).toEqual([[], []]);
  });

  test('is not adopted: a start launches another task', async () => {
    const room = await openEngineRoom();
    const forged = await runWithFacts(room, wellFormed(room));
    const started = await room.world.finish(room.start());
    expect(started.reused).toBe(false);
    expect(started.taskArn).not.toBe(forged);
  });

  test('shows no launch facts in the status', async () => {
    const room = await openEngineRoom();
    const forged = await runWithFacts(room, wellFormed(room));
    const [status] = await room.world.finish(describeServices(room.ports('READER'), room.context()));
    expect(status?.tasks).toEqual([expect.objectContaining({ taskArn: forged })]);
    expect(status?.tasks[0]).not.toHaveProperty('launch');
  });
});

describe('a copy of a task, including its facts and MAC', () => {
  test('gets no traffic and is stopped, and the original continues to serve', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    const copy = await runTask(room, overridesOf(room, taskArn));
    expect(await reconcile(room)).toEqual([
      expect.objectContaining({ registered: [], tasksRetired: [copy], tasksStopped: [copy] }),
    ]);
    await room.world.clock.advance(60_000);
    expect(room.targets()).toEqual([`${addressOf(room, taskArn)} healthy`]);
    const restart = restartService(room.ports(), { service: 'auth', asked: room.world.clock.now() }, room.context());
    expect(await room.world.finish(restart)).toMatchObject({ replacedTasks: [taskArn] });
  });

  test('is not adopted after the original has ended', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start());
    room.world.ecs.admin.crashTask(taskArn);
    await room.world.clock.advance(30_000);
    const copy = await runTask(room, overridesOf(room, taskArn));
    const started = await room.world.finish(room.start({}, { caller: 'AGAIN' }));
    expect([taskArn, copy]).not.toContain(started.taskArn);
    expect(await reconcile(room)).toEqual([expect.objectContaining({ registered: [], tasksStopped: [copy] })]);
  });

  test('made more than 20 minutes after the launch is refused even without the original', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start());
    const overrides = overridesOf(room, taskArn);
    await stop(room);
    await room.world.clock.advance(2 * 3_600_000);
    const copy = await runTask(room, overrides);
    expect(await reconcile(room)).toEqual([
      expect.objectContaining({ registered: [], remarks: [expect.stringContaining(copy)] }),
    ]);
  });

  test.each<[string, object, object]>([
    ['with another command', { command: ['sh'] }, {}],
    ['with ECS Exec enabled', {}, { enableExecuteCommand: true }],
    ['as another service', {}, { startedBy: `start-engines/${workspace}/pdf` }],
  ])('%s gets no traffic even after the original has gone', async (_what, override, changes) => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start());
    const containerOverrides = overridesOf(room, taskArn).map((given) => ({ ...given, ...override }));
    await stop(room);
    await room.world.clock.advance(60_000);
    const copy = await runTask(room, containerOverrides, changes);
    expect(await reconcile(room)).toEqual([
      expect.objectContaining({ registered: [], remarks: expect.arrayContaining([expect.stringContaining(copy)]) }),
    ]);
    expect(room.targets().filter((target) => !target.endsWith('draining'))).toEqual([]);
  });
});

describe('a task that was launched before the workspace had a key', () => {
  test('is still adopted, registered and stopped', async () => {
    const room = await openEngineRoom({ isUpgraded: true });
    const old = await runWithFacts(room, wellFormed(room, { correlationId: 'old' }));
    expect(await reconcile(room)).toEqual([
      expect.objectContaining({ registered: [expect.objectContaining({ port: 8080 })], remarks: [] }),
    ]);
    await room.world.clock.advance(60_000);
    expect(room.targets()).toEqual([`${addressOf(room, old)} healthy`]);
    expect(await room.world.finish(room.start())).toMatchObject({ taskArn: old, reused: true });
    expect(await stop(room)).toMatchObject({ status: 'stopped', tasksStopped: [old] });
  });

  test('is foreign if an earlier version launches it after the key was created, and a start launches another', async () => {
    const room = await openEngineRoom({ isUpgraded: true });
    await reconcile(room);
    const rolledBack = await runWithFacts(room, wellFormed(room));
    expect(await reconcile(room)).toEqual([
      expect.objectContaining({ registered: [], remarks: [expect.stringContaining(rolledBack)] }),
    ]);
    const started = await room.world.finish(room.start());
    expect(started.taskArn).not.toBe(rolledBack);
    expect(await stop(room)).toMatchObject({ tasksStopped: expect.arrayContaining([rolledBack, started.taskArn]) });
  });
});

const keyName = `/start-engines/${workspace}/keys/launch-facts`;

describe('while the key cannot be read', () => {
  /** Faults for every read of the key, and no other read. */
  function failKey(room: EngineRoom, kind: 'throttle' | 'access-denied', caller: string): { remove(): void } {
    return room.world.faults.plant({
      service: 'ssm',
      operation: 'GetParameters',
      caller,
      matches: ({ Names }) => (Names as string[]).includes(keyName),
      fault: { kind },
      times: Number.POSITIVE_INFINITY,
    });
  }

  const startCold = (room: EngineRoom, caller: string) => {
    const asked = room.world.clock.now();
    return settled(
      startService(room.coldPorts(caller), { service: 'auth', asked, overrides: {} }, room.context(120_000)),
    );
  };

  test('a start fails before RunTask, with the reason', async () => {
    const room = await openEngineRoom();
    failKey(room, 'access-denied', 'COLD');
    expect(await room.world.finish(startCold(room, 'COLD'))).toMatch(/^AwsAccessDenied: SSM GetParameters: /);
    expect(room.operations({ caller: 'COLD', mutating: true })).toEqual([]);
    expect(room.tasks()).toEqual([]);
  });

  test('a start adopts nothing and stops nothing', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    failKey(room, 'access-denied', 'COLD');
    expect(await room.world.finish(startCold(room, 'COLD'))).toMatch(/^AwsAccessDenied: /);
    expect(await reconcile(room, room.coldPorts('COLD'))).toMatch(/^AwsAccessDenied: /);
    expect(room.operations({ caller: 'COLD', mutating: true })).toEqual([]);
    expect(room.targets()).toEqual([`${addressOf(room, taskArn)} healthy`]);
  });

  test('a start waits while Parameter Store throttles', async () => {
    const room = await openEngineRoom();
    const fault = failKey(room, 'throttle', 'COLD');
    const start = startCold(room, 'COLD');
    await room.world.clock.advance(20_000);
    expect(room.tasks()).toEqual([]);
    fault.remove();
    expect(await room.world.finish(start)).toMatchObject({ service: 'auth', reused: false });
  });

  test('a stop stops the service, a status shows its tasks, and the journal says why the facts are unverified', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'healthy' }));
    failKey(room, 'access-denied', 'COLD');
    const [status] = await room.world.finish(describeServices(room.coldPorts('COLD'), room.context()));
    expect(status?.tasks).toEqual([expect.objectContaining({ taskArn, launch: expect.anything() })]);
    expect(await stop(room, room.coldPorts('COLD'))).toMatchObject({ status: 'stopped', tasksStopped: [taskArn] });
    const troubles = room.journal.filter(({ kind }) => kind === 'aws-trouble');
    expect(troubles).toContainEqual(expect.objectContaining({ code: 'AwsAccessDenied' }));
  });

  test('a stop of more than ten services stops them, too', async () => {
    const room = await openEngineRoom();
    const { taskArn } = await room.world.finish(room.start());
    failKey(room, 'access-denied', 'COLD');
    const asked = room.world.clock.now();
    const names = ['auth', ...Array.from({ length: 11 }, (_, index) => `other-${index}`)];
    const requests = names.map((service) => ({ service, asked }));
    const results = await room.world.finish(stopServices(room.coldPorts('COLD'), requests, room.context()));
    expect(results[0]).toMatchObject({ ok: true, outcome: { tasksStopped: [taskArn] } });
  });
});

test('two cold processes that start the service at the same time create one key and one task', async () => {
  const room = await openEngineRoom({ isUpgraded: true });
  const asked = room.world.clock.now();
  const start = (caller: string) =>
    startService(room.coldPorts(caller), { service: 'auth', asked, overrides: {} }, room.context());
  const [first, second] = await room.world.finish(Promise.all([start('ONE'), start('TWO')]));
  expect(second.taskArn).toBe(first.taskArn);
  expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  const { Parameter } = await room.world.client('ssm', 'READER').call('GetParameter', { Name: keyName });
  expect(Parameter).toMatchObject({ Type: 'SecureString', Version: 1 });
  expect(await room.world.finish(reconcileAll(room.coldPorts('THREE'), room.context()))).toEqual([]);
});

test('the key appears in no answer, error or journal', async () => {
  const room = await openEngineRoom();
  const { Parameter } = await room.world
    .client('ssm', 'READER')
    .call('GetParameter', { Name: keyName, WithDecryption: true });
  const { Value: secret } = Parameter as { Value: string };
  const started = await room.world.finish(room.start());
  const status = await room.world.finish(describeServices(room.ports('READER'), room.context()));
  const written = JSON.stringify([started, status, room.journal, room.outcomes, room.world.ecs.admin.tasks()]);
  expect(written).not.toContain(secret);
  expect(written).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
});

// Attack review, finding 7d: the next launch token can be computed by any principal.
describe('a task that another principal launched with the next launch token', () => {
  async function takeToken(room: EngineRoom, startedBy: string): Promise<string> {
    const clientToken = createHash('sha256')
      .update(JSON.stringify([`start-engines/${workspace}/auth`, 'none', 0]))
      .digest('hex');
    return runTask(room, [], { clientToken, startedBy });
  }

  test.each([
    ['with the service’s startedBy', `start-engines/${workspace}/auth`],
    ['with another startedBy', 'mallory'],
  ])('%s does not prevent a start: several starts together launch one task', async (_what, startedBy) => {
    const room = await openEngineRoom();
    const taken = await takeToken(room, startedBy);
    const starts = ['ONE', 'TWO', 'THREE'].map((caller) => room.start({}, { caller }));
    const started = await room.world.finish(Promise.all(starts));
    const arns = new Set(started.map(({ taskArn }) => taskArn));
    expect(arns.size).toBe(1);
    expect([...arns]).not.toContain(taken);
    expect(room.journal).toContainEqual(expect.objectContaining({ kind: 'foreign-task', taskArn: taken }));
    expect(room.tasks()).toEqual(['RUNNING/RUNNING', 'RUNNING/RUNNING']);
    expect(await room.world.finish(room.start({}, { caller: 'LATER' }))).toMatchObject({ reused: true });
    await room.world.clock.advance(30_000);
    expect(room.targets()).toEqual([`${addressOf(room, [...arns][0] ?? '')} healthy`]);
  });

  test('does not affect the next generation, which uses a plain token again', async () => {
    const room = await openEngineRoom();
    await takeToken(room, 'mallory');
    const first = await room.world.finish(room.start());
    await stop(room);
    await room.world.clock.advance(60_000);
    const second = await room.world.finish(room.start({}, { caller: 'AGAIN' }));
    const tokens = room.journal.flatMap((entry) => (entry.kind === 'launched' ? [entry.clientToken] : []));
    expect(tokens[1]).toBe(
      createHash('sha256')
        .update(JSON.stringify([`start-engines/${workspace}/auth`, first.taskArn, 0]))
        .digest('hex'),
    );
    expect(second.reused).toBe(false);
  });
});
