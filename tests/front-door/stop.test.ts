import { RunTaskCommand } from '@aws-sdk/client-ecs';
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parameterPath } from '../../scripts/world/seed-world.ts';
import { worldService } from '../../scripts/world/services.ts';
import { type FrontDoor, openFrontDoor, renamed } from './open-front-door.ts';

// The function receives no task state changes here, so that no event fixes anything before the stop.

const quarry = renamed('auth', 'quarry');
const services = [
  worldService('auth'),
  worldService('users'),
  worldService('batch'),
  renamed('batch', 'billing', { allowOverrides: { targetGroupArn: ['*'] } }),
  quarry,
];
const until = { timeout: 30_000, interval: 50 };

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor({ speed: 3, world: { services, eventPath: false } });
});
afterAll(() => door[Symbol.asyncDispose]());

async function start(...names: string[]): Promise<void> {
  const { thrown } = await door.invoke({ action: 'start', services: names, wait: 'healthy' });
  expect(thrown).toBeUndefined();
}

const addressOf = (groupName: string) => door.registered(groupName)[0] ?? '';
const targetOf = (address: string, groupName: string) => {
  const [ip, port] = address.split(':');
  return { targetGroupArn: door.targetGroupArn(groupName), ip, port: Number(port) };
};

describe('a stop of one service', () => {
  test('R23, R26: stops only the named service of the cluster', async () => {
    await start('auth', 'quarry');
    const foreign = await door.clients.ecs.send(
      new RunTaskCommand({
        cluster: 'auth-cluster',
        taskDefinition: 'auth-api-task',
        launchType: 'FARGATE',
        startedBy: 'another-owner',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d4e5f60718'] } },
      }),
    );
    const [taskArn] = door.live('auth');
    await door.put('Stop ECS Tasks', { service: 'auth' });
    await expect.poll(() => door.live('auth'), until).toEqual([]);
    expect(door.registered('auth-lb')).toEqual([]);
    expect(door.tasks('auth').map((task) => task.taskArn)).toEqual([taskArn]);
    expect(door.live('quarry')).toHaveLength(1);
    expect(door.registered('quarry-tg')).toHaveLength(1);
    const others = door.sandbox.ecs.tasks().filter((task) => task.startedBy === 'another-owner');
    expect(others.map((task) => [task.taskArn, task.desiredStatus])).toEqual([
      [foreign.tasks?.[0]?.taskArn, 'RUNNING'],
    ]);
  });

  test('R28: deregisters and drains the target before it stops the task', async () => {
    await start('auth');
    const before = door.sandbox.calls.lastSequence;
    const { value } = await door.invoke({ action: 'stop', service: 'auth' });
    expect(value).toMatchObject({ body: { results: [{ service: 'auth', status: 'stopped' }] } });
    const calls = door.sandbox.calls.list({ mutating: true, after: before });
    const [deregistered] = calls.filter(({ operation }) => operation === 'DeregisterTargets');
    const [stopped] = calls.filter(({ operation }) => operation === 'StopTask');
    expect([...new Set(calls.map(({ operation }) => operation))]).toEqual([
      'TagResource',
      'DeregisterTargets',
      'StopTask',
      'PutParameter',
    ]);
    expect((stopped?.startedAt ?? 0) - (deregistered?.endedAt ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  test('R29: removes the target of a crashed task if no task is running', async () => {
    await start('auth');
    const address = addressOf('auth-lb');
    door.sandbox.ecs.crashTask(door.live('auth')[0] ?? '');
    await expect.poll(() => door.live('auth'), until).toEqual([]);
    expect(door.registered('auth-lb')).toEqual([address]);
    const { value } = await door.invoke({ action: 'stop', service: 'auth' });
    expect(value).toEqual({
      statusCode: 200,
      body: {
        results: [
          {
            service: 'auth',
            tasksStopped: [],
            targetsDeregistered: [targetOf(address, 'auth-lb')],
            status: 'stopped',
          },
        ],
      },
    });
    expect(door.registered('auth-lb')).toEqual([]);
  });

  test('R30: removes a target that an override has registered in another group', async () => {
    const targetGroupArn = door.targetGroupArn('users-tg');
    await door.invoke({ action: 'start', service: 'billing', targetGroupArn });
    const address = addressOf('users-tg');
    expect([address.split(':')[1], door.registered('billing-tg')]).toEqual(['8090', []]);
    const { value } = await door.invoke({ action: 'stop', service: 'billing' });
    expect(value).toMatchObject({
      body: { results: [{ tasksStopped: [expect.any(String)], targetsDeregistered: [targetOf(address, 'users-tg')] }] },
    });
    expect(door.registered('users-tg')).toEqual([]);
  });

  test('R33: works when no version of its mapping is valid', async () => {
    await start('users');
    const Name = `${parameterPath}/services/users`;
    await door.clients.ssm.send(new DeleteParameterCommand({ Name }));
    await door.clients.ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: '{"port":"many"}' }));
    expect((await door.invoke({ action: 'start', service: 'users' })).thrown?.name).toBe('MappingInvalid');
    const { value } = await door.invoke({ action: 'stop', service: 'users' });
    expect(value).toMatchObject({ body: { results: [{ service: 'users', status: 'stopped' }] } });
    expect([door.live('users'), door.registered('users-tg')]).toEqual([[], []]);
    await door.putMapping(worldService('users'), {});
  });
});

describe('a stop rejects', () => {
  test.each([
    ['R24: a name instead of a list', { services: 'auth' }],
    ['R25: no detail', null],
    ['R23: no service', {}],
    ['every service, from the bus', { services: 'all' }],
    ['a list that names a service twice', { services: ['auth', 'auth'] }],
    ['a stop that would leave the targets', { service: 'auth', deregister_targets: false }],
  ])('%s, and changes nothing', async (_what, detail) => {
    const before = door.sandbox.calls.lastSequence;
    const { thrown } = await door.invoke({ 'detail-type': 'Stop ECS Tasks', source: 'custom.app', detail });
    expect(thrown?.name).toBe('InvalidRequest');
    expect(door.changesAfter(before)).toEqual([]);
  });
});

describe('a stop of several', () => {
  test('R31, R32: a rejected StopTask for one service is an error with the results of all', async () => {
    await start('auth', 'batch');
    const [stuck] = door.live('batch');
    const fault = door.sandbox.faults.plant({
      operation: 'StopTask',
      input: { task: stuck },
      fault: { kind: 'access-denied' },
      times: Number.POSITIVE_INFINITY,
    });
    const [auth, batch] = [addressOf('auth-lb'), addressOf('batch-tg')];
    const [stopped] = door.live('auth');
    const { thrown } = await door.invoke({ action: 'stop', services: ['batch', 'auth'] });
    expect(thrown?.name).toBe('SeveralFailed');
    const [summary, results] = thrown?.message.split(' Results: ') ?? [];
    expect(summary).toBe('1 of 2 services failed (batch: AwsAccessDenied).');
    expect(JSON.parse(results ?? '')).toEqual([
      {
        service: 'batch',
        error: 'AwsAccessDenied',
        message: expect.stringContaining('StopTask'),
        tasksStopped: [],
        targetsDeregistered: [targetOf(batch, 'batch-tg')],
        status: 'failed',
      },
      {
        service: 'auth',
        tasksStopped: [stopped],
        targetsDeregistered: [targetOf(auth, 'auth-lb')],
        status: 'stopped',
      },
    ]);
    fault.remove();
  });

  test('a repeated stop completes the failed one', async () => {
    const { value } = await door.invoke({ action: 'stop', service: 'batch' });
    expect(value).toMatchObject({ body: { results: [{ service: 'batch', tasksStopped: [expect.any(String)] }] } });
    expect([door.registered('batch-tg')]).toEqual([[]]);
  });

  test('every service, by a direct invocation with services all', async () => {
    await start('auth', 'batch', 'quarry');
    await door.clients.ssm.send(new DeleteParameterCommand({ Name: `${parameterPath}/services/quarry` }));
    const { value } = await door.invoke({ action: 'stop', services: 'all' });
    expect(value).toMatchObject({
      statusCode: 200,
      body: {
        results: [
          { service: 'auth', status: 'stopped' },
          { service: 'batch', status: 'stopped' },
          { service: 'billing', status: 'not-running' },
          { service: 'quarry', status: 'stopped' },
          { service: 'users', status: 'not-running' },
        ],
      },
    });
    expect(services.flatMap(({ name }) => door.live(name))).toEqual([]);
    const others = door.sandbox.ecs.tasks().filter((task) => task.startedBy === 'another-owner');
    expect(others.map((task) => task.lastStatus)).toEqual(['RUNNING']);
  });
});
