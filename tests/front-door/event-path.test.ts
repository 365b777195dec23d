import { quickDurations } from '@start-engines/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { type FrontDoor, openFrontDoor, renamed } from './open-front-door.ts';

// Operations without a waiting caller are completed by ECS events, which arrive late, twice and in any order, or by a
// reconcile if there is no event.

const users = worldService('users');
const services = ['auth', 'users', 'reports', 'batch'].map(worldService).concat(renamed('auth', 'quarry'));
const until = { timeout: 30_000, interval: 50 };

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor({
    speed: 3,
    world: { services },
    durations: { ...quickDurations, spotWarningMs: 120_000 },
    taskEvents: { duplicateChance: 0.5, delayMs: [0, 500], reorder: true },
  });
});
afterAll(() => door[Symbol.asyncDispose]());

const healthOf = (group: string) =>
  door.sandbox.elb.targets(door.targetGroupArn(group)).map((target) => target.health.State);

describe('a start without a waiting caller', () => {
  test('over HTTP returns at once, and the event about the running task registers its target', async () => {
    const headers = { 'x-correlation-id': 'order-17' };
    const { statusCode, body } = await door.request('POST', '/services/auth/start', headers);
    expect([statusCode, body.reused]).toEqual([202, false]);
    await expect.poll(() => healthOf('auth-lb'), until).toEqual(['healthy']);
    expect(door.live('auth')).toEqual([body.taskArn]);
    const published = () => door.outcomes().filter(([type]) => type === 'Service Started');
    await expect.poll(() => published().length, until).toBeGreaterThan(0);
    const detail = { service: 'auth', operation: 'start', correlationId: 'order-17', taskArns: [body.taskArn] };
    for (const outcome of published()) expect(outcome).toMatchObject(['Service Started', detail]);
  });

  test('publishes an outcome if its task does not start', async () => {
    const { body } = await door.request('POST', '/services/reports/start', { 'x-correlation-id': 'order-18' });
    // Each of the events about its end may publish this outcome.
    const published = () => door.outcomes().filter(([, detail]) => detail.correlationId === 'order-18');
    await expect.poll(() => published().length, until).toBeGreaterThan(0);
    expect(published()[0]).toMatchObject([
      'Service Start Failed',
      {
        service: 'reports',
        taskArns: [body.taskArn],
        errorCode: 'TaskStopped',
        message: expect.stringContaining('CannotPullContainerError'),
      },
    ]);
    expect(new Set(published().map(([type]) => type))).toEqual(new Set(['Service Start Failed']));
  });
});

test('a task that ends before its registration is reported as interrupted', async () => {
  await door.putMapping(users, { environment: { EXIT_AFTER_MS: '0' } });
  const { body } = await door.request('POST', '/services/users/start', { 'x-correlation-id': 'order-19' });
  const published = () =>
    door.outcomes().filter(([type, detail]) => type !== 'Service Started' && detail.service === 'users');
  await expect.poll(() => published().length, until).toBeGreaterThan(0);
  expect(published()[0]).toMatchObject([
    'Service Interrupted',
    { correlationId: 'order-19', taskArns: [body.taskArn], message: expect.stringContaining('Essential') },
  ]);
  await expect.poll(() => door.registered('users-tg'), until).toEqual([]);
});

describe('a function that is killed', () => {
  test('just after RunTask: the ECS events register the task, and there is only one task', async () => {
    const fault = door.sandbox.faults.plant({ operation: 'RunTask', fault: { kind: 'kill-after' } });
    const { thrown } = await door.invoke({ action: 'start', service: 'batch', wait: 'healthy' });
    expect([fault.consumed, thrown?.name]).toEqual([1, 'Runtime.ExitError']);
    await expect.poll(() => healthOf('batch-tg'), until).toEqual(['healthy']);
    expect(door.tasks('batch')).toHaveLength(1);
    expect(door.live('batch')).toHaveLength(1);
  });

  test('in the middle of a stop: the next reconcile stops the task', async () => {
    const fault = door.sandbox.faults.plant({ operation: 'DeregisterTargets', fault: { kind: 'kill-after' } });
    await door.invoke({ action: 'stop', service: 'batch' });
    expect(fault.consumed).toBe(1);
    const [taskArn] = door.live('batch');
    const { value } = await door.invoke({ action: 'reconcile' });
    expect(value).toMatchObject({
      statusCode: 200,
      body: { results: [{ service: 'batch', tasksStopped: [taskArn] }] },
    });
    await expect.poll(() => door.live('batch'), until).toEqual([]);
    expect(door.registered('batch-tg')).toEqual([]);
  });
});

describe('drift', () => {
  test('a task that loses its Spot capacity leaves the load balancer while it is still running', async () => {
    await door.putMapping(worldService('batch'), { environment: { IGNORE_SIGTERM: 'true' } });
    await door.invoke({ action: 'start', service: 'batch', wait: 'healthy' });
    const [taskArn = ''] = door.live('batch');
    door.sandbox.ecs.interruptSpot(taskArn);
    await expect.poll(() => door.registered('batch-tg'), until).toEqual([]);
    expect(door.tasks('batch').at(-1)).toMatchObject({ taskArn, lastStatus: 'RUNNING', desiredStatus: 'STOPPED' });
    const published = () =>
      door
        .outcomes()
        .filter(([, detail]) => String(detail.taskArns) === taskArn)
        .at(-1);
    await expect
      .poll(published, until)
      .toMatchObject(['Service Interrupted', { message: expect.stringContaining('SpotInterruption') }]);
  });

  test('R44: a correct target that is not healthy yet stays registered', async () => {
    await door.invoke({ action: 'start', service: 'quarry', wait: 'healthy' });
    await expect.poll(() => door.sandbox.lambda.pendingEvents(), until).toBe(0);
    const [address] = door.registered('quarry-tg');
    const [ip = '', port] = address?.split(':') ?? [];
    for (const health of [
      { State: 'initial', Reason: 'Elb.InitialHealthChecking' },
      { State: 'unhealthy', Reason: 'Target.FailedHealthChecks' },
    ] as const) {
      door.sandbox.elb.pinTargetHealth(door.targetGroupArn('quarry-tg'), { ip, port: Number(port) }, health);
      const before = door.sandbox.calls.lastSequence;
      expect(await door.invoke({ action: 'reconcile' })).toEqual({ value: { statusCode: 200, body: { results: [] } } });
      expect(door.changesAfter(before)).toEqual([]);
    }
    expect(door.registered('quarry-tg')).toEqual([address]);
    door.sandbox.elb.pinTargetHealth(door.targetGroupArn('quarry-tg'), { ip, port: Number(port) }, undefined);
  });

  test('R34: the target of a crashed task is removed, the interruption is published, and the task is not restarted', async () => {
    const [taskArn = ''] = door.live('quarry');
    expect(door.registered('quarry-tg')).toHaveLength(1);
    door.sandbox.ecs.crashTask(taskArn);
    await expect.poll(() => door.registered('quarry-tg'), until).toEqual([]);
    const published = () =>
      door.outcomes().filter(([type, { service }]) => type === 'Service Interrupted' && service === 'quarry');
    // Each of the events about its end may find the target and publish this outcome.
    await expect
      .poll(() => new Set(published().map(([, detail]) => String(detail.taskArns))), until)
      .toEqual(new Set([taskArn]));
    expect(published()[0]?.[1]).toMatchObject({ message: expect.stringContaining('Essential') });
    await expect.poll(() => door.sandbox.lambda.pendingEvents(), until).toBe(0);
    expect(door.tasks('quarry')).toHaveLength(1);
    const warning = door.log().find((line) => line.message === 'interrupted' && line.taskArn === taskArn);
    expect(warning).toMatchObject({ level: 'WARN', serviceName: 'quarry' });
  });
});

test('nothing was sent to the on-failure destination', () => {
  expect(door.sandbox.lambda.onFailureRecords().map(({ record }) => record.responsePayload)).toEqual([]);
});
