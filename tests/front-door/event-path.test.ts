import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { worldService } from '../../scripts/world/services.ts';
import { type FrontDoor, openFrontDoor, renamed } from './open-front-door.ts';

// What nobody waits for any more is finished by the events of ECS, and by a reconcile where ECS has nothing to tell.

const services = [worldService('auth'), worldService('reports'), worldService('batch'), renamed('auth', 'quarry')];
const until = { timeout: 30_000, interval: 50 };

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor({ world: { services } });
});
afterAll(() => door[Symbol.asyncDispose]());

const healthOf = (group: string) =>
  door.sandbox.elb.targets(door.targetGroupArn(group)).map((target) => target.health.State);

describe('a start that nobody waits for', () => {
  test('over HTTP is answered at once, and registered by the event that the task runs', async () => {
    const headers = { 'x-correlation-id': 'order-17' };
    const { statusCode, body } = await door.request('POST', '/services/auth/start', headers);
    expect([statusCode, body.reused]).toEqual([202, false]);
    expect(door.registered('auth-lb')).toEqual([]);
    await expect.poll(() => healthOf('auth-lb'), until).toEqual(['healthy']);
    expect(door.live('auth')).toEqual([body.taskArn]);
    const told = () => door.outcomes().filter(([type]) => type === 'Service Started');
    await expect
      .poll(told, until)
      .toMatchObject([
        [
          'Service Started',
          { service: 'auth', correlationId: 'order-17', taskArns: [body.taskArn], operation: 'start' },
        ],
      ]);
  });

  test('is told on the bus when its task does not come up', async () => {
    const { body } = await door.request('POST', '/services/reports/start', { 'x-correlation-id': 'order-18' });
    const told = () => door.outcomes().filter(([, detail]) => detail.correlationId === 'order-18');
    await expect.poll(told, until).toMatchObject([
      [
        'Service Start Failed',
        {
          service: 'reports',
          taskArns: [body.taskArn],
          errorCode: 'TaskStopped',
          message: expect.stringContaining('CannotPullContainerError'),
        },
      ],
    ]);
  });
});

describe('a function that dies', () => {
  test('just after RunTask: the events of ECS register the task, and there is no other', async () => {
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
  test('R44: a correct target that is merely not healthy yet is not evicted', async () => {
    await door.invoke({ action: 'start', service: 'quarry', wait: 'healthy' });
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

  test('R34: the target of a crashed task goes, and the interruption is told; nobody starts it again', async () => {
    const [taskArn = ''] = door.live('quarry');
    expect(door.registered('quarry-tg')).toHaveLength(1);
    door.sandbox.ecs.crashTask(taskArn);
    await expect.poll(() => door.registered('quarry-tg'), until).toEqual([]);
    const told = () => door.outcomes().filter(([type]) => type === 'Service Interrupted');
    // Each of the events about its end may have found the target, and told.
    await expect
      .poll(() => new Set(told().map(([, detail]) => String(detail.taskArns))), until)
      .toEqual(new Set([taskArn]));
    expect(told()[0]?.[1]).toMatchObject({ service: 'quarry', message: expect.stringContaining('Essential') });
    await expect.poll(() => door.sandbox.lambda.pendingEvents(), until).toBe(0);
    expect(door.tasks('quarry')).toHaveLength(1);
    const warning = door.log().find((line) => line.message === 'interrupted');
    expect(warning).toMatchObject({ level: 'WARN', serviceName: 'quarry', taskArn });
  });
});

test('nothing was handed to the on-failure destination', () => {
  expect(door.sandbox.lambda.onFailureRecords().map(({ record }) => record.responsePayload)).toEqual([]);
});
