import { describeService, reconcileAll, reconcileChange, wakeService } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

const minuteMs = 60_000;
const now = (room: EngineRoom) => room.world.clock.now();

/** The service is up and routed, and its load balancer has counted nothing yet. */
async function upAndRunning(mapping: Record<string, unknown> = {}): Promise<EngineRoom> {
  const room = await openEngineRoom({
    wakes: true,
    mapping: { idle: { afterSeconds: 600, minUpSeconds: 0 }, ...mapping },
  });
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  return room;
}

const wait = (room: EngineRoom, minutes: number) => room.world.clock.advance(minutes * minuteMs);

/** A scheduled reconcile, and why it did not stop the service. */
async function reconcile(room: EngineRoom): Promise<string | undefined> {
  const from = room.journal.length;
  await room.world.finish(reconcileAll(room.ports('RECONCILE'), room.context()));
  const entry = room.journal.slice(from).find(({ kind }) => kind === 'not-idle');
  return entry?.kind === 'not-idle' ? entry.reason : undefined;
}

/** A client's request through the load balancer. */
function request(room: EngineRoom): void {
  const [{ listenerArn } = { listenerArn: '' }] = room.world.elb.listeners();
  const path = '/api/auth0/hello';
  room.world.elb.route({ listenerArn, method: 'GET', host: 'example.test', path, query: '', headers: {} });
}

const isUp = (room: EngineRoom) => room.tasks().includes('RUNNING/RUNNING');

/** ECS's event about the end of the task. */
async function whenStopped(room: EngineRoom): Promise<void> {
  await wait(room, 1);
  const [task] = room.world.ecs.admin.tasks();
  const change = { taskArn: task?.taskArn ?? '', version: task?.version ?? 0, startedBy: 'start-engines/dev/auth' };
  await room.world.finish(reconcileChange(room.ports('CHANGE'), { ...change, running: false }, room.context()));
}

describe('a service that is not used', () => {
  test('is stopped by the second of two reconciles, after its requests went to the activator', async () => {
    const room = await upAndRunning();
    await wait(room, 14);
    expect(await reconcile(room)).toBe('operation-under-way');
    expect([isUp(room), await room.route()]).toEqual([true, '0:1']);
    await wait(room, 3);
    expect(await reconcile(room)).toBe('operation-under-way');
    await wait(room, 2);
    await reconcile(room);
    expect(isUp(room)).toBe(false);
    expect(room.world.ecs.admin.tasks()[0]?.stoppedReason).toMatch(/^idle@/);

    await whenStopped(room);
    expect(room.outcomes.map(({ type }) => type)).toEqual([
      'Service Started',
      'Service Reconciled',
      'Service Idle Stopped',
    ]);
  });

  test.each([
    ['a counted request', request],
    ['another start', (room: EngineRoom) => room.start()],
  ])('stays up for another ten minutes after %s', async (_what, use) => {
    const room = await upAndRunning();
    await wait(room, 8);
    await room.world.finish(Promise.resolve(use(room)));
    await wait(room, 3);
    expect(await reconcile(room)).toBe('recent-use');
    expect(await room.route()).toBe('1:0');
    await wait(room, 12);
    await reconcile(room);
    expect(await room.route()).toBe('0:1');
  });

  test('stays up for as long as a client requests it every nine minutes', async () => {
    const room = await upAndRunning();
    for (let minute = 1; minute <= 180; minute += 1) {
      if (minute % 9 === 0) request(room);
      await wait(room, 1);
      if (minute % 5 === 0) await reconcile(room);
      expect(isUp(room), `minute ${minute}`).toBe(true);
      expect(await room.route(), `minute ${minute}`).toBe('1:0');
    }
  });
});

describe('an idle stop under way', () => {
  async function cordoned(mapping: Record<string, unknown> = {}): Promise<EngineRoom> {
    const room = await upAndRunning(mapping);
    await wait(room, 14);
    await reconcile(room);
    expect(await room.route()).toBe('0:1');
    return room;
  }

  test('is ended by a request, which the task serves again at once', async () => {
    const room = await cordoned();
    await wait(room, 2);
    const woken = wakeService(room.ports('WAKE'), { service: 'auth', asked: now(room) }, room.context());
    expect(await room.world.finish(woken)).toMatchObject({ reused: true });
    expect(await room.route()).toBe('1:0');
    await wait(room, 3);
    expect(await reconcile(room)).toBe('recent-use');
    expect(isUp(room)).toBe(true);
  });

  test('is ended by a start', async () => {
    const room = await cordoned();
    await wait(room, 2);
    await room.world.finish(room.start({ waitFor: 'healthy' }));
    expect(await room.route()).toBe('1:0');
  });

  test('is ended by a request that was counted late', async () => {
    const room = await upAndRunning();
    await wait(room, 13);
    request(room);
    await room.world.clock.advance(50_000);
    await reconcile(room);
    expect(await room.route()).toBe('0:1');
    await wait(room, 5);
    expect(await reconcile(room)).toBe('recent-use');
    expect([isUp(room), await room.route()]).toEqual([true, '1:0']);
  });

  test('that has expired stops nothing: two more reconciles decide', async () => {
    const room = await cordoned();
    await wait(room, 16);
    await reconcile(room);
    expect([isUp(room), await room.route()]).toEqual([true, '0:1']);
    await wait(room, 5);
    await reconcile(room);
    expect(isUp(room)).toBe(false);
  });

  test('does not stop a task that was requested between the last look and the mark', async () => {
    const room = await cordoned();
    await wait(room, 5);
    const requested = now(room);
    const reconciled = room.world.finish(reconcileAll(room.ports('RECONCILE'), room.context()));
    await room.world.finish(wakeService(room.ports('WAKE'), { service: 'auth', asked: requested }, room.context()));
    await reconciled;
    await wait(room, 1);
    await room.world.finish(reconcileAll(room.ports('RECONCILE'), room.context()));
    expect([isUp(room), await room.route()]).toEqual([true, '1:0']);
  });
});

describe('a service stays up', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['until it has been up for minUpSeconds', 'too-young', { idle: { afterSeconds: 300, minUpSeconds: 3_600 } }],
    ['until its lease ends', 'lease', { leaseSeconds: 7_200 }],
    ['if its requests last for hours', 'long-connections', { idle: { afterSeconds: 300, longConnections: true } }],
  ])('%s', async (_what, reason, mapping) => {
    const room = await upAndRunning(mapping);
    await wait(room, 30);
    expect(await reconcile(room)).toBe(reason);
    expect(await room.route()).toBe('1:0');
  });

  test.each([
    ['throttled', { kind: 'throttle' }],
    ['denied', { kind: 'access-denied' }],
    ['answered with a server error', { kind: 'server-error' }],
    ['not answered', { kind: 'drop-before' }],
  ] as const)('if the metrics are %s', async (_what, fault) => {
    const room = await upAndRunning();
    await wait(room, 14);
    room.world.faults.plant({ operation: 'GetMetricData', times: Infinity, fault });
    expect(await reconcile(room)).toBe('not-observed');
    expect([isUp(room), await room.route()]).toEqual([true, '1:0']);
    expect(room.journal.some((entry) => entry.kind === 'aws-trouble')).toBe(true);
  });

  test('if the metrics fail at the second look, and its requests go to it again', async () => {
    const room = await upAndRunning();
    await wait(room, 14);
    await reconcile(room);
    await wait(room, 5);
    room.world.faults.plant({ operation: 'GetMetricData', times: Infinity, fault: { kind: 'throttle' } });
    expect(await reconcile(room)).toBe('not-observed');
    expect([isUp(room), await room.route()]).toEqual([true, '1:0']);
  });

  test('if its rule was changed by hand', async () => {
    const room = await upAndRunning();
    await wait(room, 14);
    const groups = [{ TargetGroupArn: room.targetGroupArn, Weight: 1 }];
    await room.world.client('elasticloadbalancing', 'SET-UP').call('ModifyRule', {
      RuleArn: room.listenerRuleArn,
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: groups } }],
    });
    expect(await reconcile(room)).toBe('not-observed');
    expect(isUp(room)).toBe(true);
  });
});

describe('a lease', () => {
  async function leased(leaseSeconds: number): Promise<EngineRoom> {
    const room = await openEngineRoom({ wakes: true, mapping: { leaseSeconds } });
    await room.world.finish(room.start({ waitFor: 'healthy' }));
    return room;
  }

  test('ends a service that is in use, and is announced a quarter of an hour before', async () => {
    const room = await leased(3_600);
    await wait(room, 40);
    await reconcile(room);
    await wait(room, 6);
    await reconcile(room);
    await wait(room, 5);
    await reconcile(room);
    expect(room.outcomes.filter(({ type }) => type === 'Service Lease Ending')).toHaveLength(1);
    expect(isUp(room)).toBe(true);
    await wait(room, 10);
    await reconcile(room);
    expect(isUp(room)).toBe(false);
    expect(room.world.ecs.admin.tasks()[0]?.stoppedReason).toMatch(/^lease@/);
  });

  test.each([
    ['extended', 7_200, true],
    ['not shortened', 60, false],
  ] as const)('is %s by a later start with %i s', async (_what, leaseSeconds, isStillUp) => {
    const room = await leased(3_600);
    await wait(room, 10);
    await room.world.finish(room.start({ leaseSeconds }));
    await wait(room, 30);
    await reconcile(room);
    expect(isUp(room)).toBe(true);
    await wait(room, 25);
    await reconcile(room);
    expect(isUp(room)).toBe(isStillUp);
  });

  test('gives way to a start that is on its way when it ends', async () => {
    const room = await leased(3_600);
    await wait(room, 61);
    const asked = now(room);
    const reconciled = room.world.finish(reconcileAll(room.ports('RECONCILE'), room.context()));
    await room.world.finish(room.start({ asked }, { caller: 'START' }));
    await reconciled;
    await wait(room, 1);
    expect(room.tasks().filter((task) => task === 'RUNNING/RUNNING')).toHaveLength(1);
  });
});

test('a status shows when a service was last used and when an idle stop may begin, or why that is unknown', async () => {
  const room = await upAndRunning();
  const asked = now(room);
  await room.world.finish(room.start({ asked }));
  await wait(room, 1);
  const read = () => room.world.finish(describeService(room.ports('STATUS'), 'auth', room.context()));
  expect((await read()).sleep).toMatchObject({ state: 'up', lastUsedAt: asked, idleAt: asked + 13 * minuteMs });

  room.world.faults.plant({ operation: 'GetMetricData', times: Infinity, fault: { kind: 'access-denied' } });
  const { sleep, problems } = await read();
  expect(sleep?.idleAt).toBeUndefined();
  expect(problems).toMatchObject([
    { code: 'AwsAccessDenied', message: expect.stringMatching(/^The requests of the service could not be read: /) },
  ]);
});
