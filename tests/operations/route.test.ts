import { reconcileAll, reconcileChange, restartService, stopService, type TaskChange } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { type EngineRoom, type EngineRoomOptions, openEngineRoom } from './engine-room.ts';

/**
 * The calls that change where requests go, in order, each with its seconds since `from`. A call that a stale read repeats within two
 * seconds is left out.
 */
function changes(room: EngineRoom, from: number): string[] {
  const watched = new Set(['ModifyRule', 'RegisterTargets', 'DeregisterTargets', 'StopTask', 'RunTask']);
  return room.world.calls
    .list({ mutating: true })
    .filter(({ operation, caller, startedAt }) => caller !== 'SET-UP' && watched.has(operation) && startedAt >= from)
    .filter(
      (call, index, all) =>
        !all.slice(0, index).some((one) => one.operation === call.operation && call.startedAt - one.startedAt < 2_000),
    )
    .map(({ operation, startedAt }) => `${operation} ${Math.round((startedAt - from) / 1_000)}`);
}

const now = (room: EngineRoom) => room.world.clock.now();
const auth = (room: EngineRoom) => ({ service: 'auth', asked: now(room) });
const stop = (room: EngineRoom) => stopService(room.ports('STOP'), auth(room), room.context());
const reconcile = (room: EngineRoom) => reconcileAll(room.ports('RECONCILE'), room.context());

async function upAndRunning(options: EngineRoomOptions = {}): Promise<EngineRoom> {
  const room = await openEngineRoom({ wakes: true, ...options });
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(60_000);
  return room;
}

async function editRule(
  room: EngineRoom,
  groups: readonly { TargetGroupArn: string; Weight: number }[],
): Promise<void> {
  await room.world.client('elasticloadbalancing', 'SET-UP').call('ModifyRule', {
    RuleArn: room.listenerRuleArn,
    Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: groups } }],
  });
}

/** ECS's event that the task is running. */
async function whenRunning(room: EngineRoom, taskArn: string): Promise<TaskChange> {
  const taskNow = () => room.world.ecs.admin.tasks().find((task) => task.taskArn === taskArn);
  while (taskNow()?.lastStatus !== 'RUNNING') await room.world.clock.advance(1_000);
  return { taskArn, version: taskNow()?.version ?? 0, startedBy: 'start-engines/dev/auth', running: true };
}

describe('the route of a service that requests can wake', () => {
  test.each(['running', 'healthy'] as const)(
    'leads to the service before a start with wait: %s is answered',
    async (waitFor) => {
      const room = await openEngineRoom({ wakes: true });
      expect(await room.route()).toBe('0:1');
      const outcome = await room.world.finish(room.start({ waitFor }));
      expect(outcome.targets?.[0].healthStatus).toBe('healthy');
      expect(await room.route()).toBe('1:0');
    },
  );

  test('leads to the activator for 20 s before a stop deregisters the task', async () => {
    const room = await upAndRunning();
    const from = now(room);
    const outcome = await room.world.finish(stop(room));
    expect(outcome.status).toBe('stopped');
    expect(await room.route()).toBe('0:1');
    expect(changes(room, from)).toEqual(['ModifyRule 0', 'DeregisterTargets 25', 'StopTask 40']);
  });

  test('is read every four seconds while it settles', async () => {
    const room = await upAndRunning();
    const from = now(room);
    await room.world.finish(stop(room));
    const looks = room.world.calls
      .list({ operation: 'DescribeRules', caller: 'STOP' })
      .map(({ startedAt }) => startedAt - from)
      .filter((ms) => ms <= 25_500);
    const gaps = looks.slice(1).map((ms, index) => ms - (looks[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(4_500);
  });

  test('settles again if an operator points it to the service meanwhile', async () => {
    const room = await upAndRunning();
    const from = now(room);
    const stopping = stop(room);
    await room.world.clock.advance(15_000);
    await editRule(room, [
      { TargetGroupArn: room.targetGroupArn, Weight: 1 },
      { TargetGroupArn: room.activatorGroupArn, Weight: 0 },
    ]);
    await room.world.finish(stopping);
    const [first, second, deregister, ...others] = changes(room, from);
    expect([first, others]).toEqual(['ModifyRule 0', [expect.stringMatching(/^StopTask/)]]);
    expect(second).toMatch(/^ModifyRule 1[5-9]$/);
    expect(Number(deregister?.split(' ')[1]) - Number(second?.split(' ')[1])).toBeGreaterThanOrEqual(20);
  });

  test('a start during a stop launches the next task 12 s after the mark, and gets the requests', async () => {
    const room = await upAndRunning();
    const from = now(room);
    const stopping = stop(room);
    await room.world.clock.advance(8_000);
    const starting = room.start({ waitFor: 'healthy' }, { caller: 'NEXT' });
    const [stopped, started] = await room.world.finish(Promise.all([stopping, starting]));
    expect([stopped.status, started.reused]).toEqual(['kept', false]);
    await room.world.clock.advance(60_000);
    expect(room.tasks().toSorted()).toEqual(['RUNNING/RUNNING', 'STOPPED/STOPPED']);
    expect(await room.route()).toBe('1:0');
    expect(changes(room, from).find((one) => one.startsWith('RunTask'))).toBe('RunTask 12');
  });

  test('leads back to the service when a start adopts the task while a stop settles', async () => {
    const room = await upAndRunning();
    const from = now(room);
    const stopping = stop(room);
    await room.world.clock.advance(600);
    const starting = room.start({ waitFor: 'healthy' }, { caller: 'NEXT' });
    const [stopped, started] = await room.world.finish(Promise.all([stopping, starting]));
    expect([stopped.status, started.reused]).toEqual(['kept', true]);
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
    expect(await room.route()).toBe('1:0');
    expect(changes(room, from)).not.toContainEqual(expect.stringMatching(/Deregister|StopTask/));
  });

  test('a restart does not change it', async () => {
    const room = await upAndRunning();
    const from = now(room);
    await room.world.finish(restartService(room.ports('RESTART'), auth(room), room.context()));
    expect(changes(room, from).map((one) => one.split(' ')[0])).toEqual([
      'RunTask',
      'RegisterTargets',
      'DeregisterTargets',
      'StopTask',
    ]);
    expect(await room.route()).toBe('1:0');
  });

  test('a reconcile after a crash sends requests to the activator and removes the target', async () => {
    const room = await upAndRunning();
    const from = now(room);
    for (const { taskArn } of room.world.ecs.admin.tasks()) room.world.ecs.admin.crashTask(taskArn);
    await room.world.clock.advance(5_000);
    await room.world.finish(reconcile(room));
    expect(await room.route()).toBe('0:1');
    expect(changes(room, from)).toEqual(['ModifyRule 5', 'DeregisterTargets 5']);
  });

  test('stays at a task that was healthy and no longer is', async () => {
    const room = await upAndRunning();
    const [ip = ''] = room.targets()[0]?.split(':') ?? [];
    const health = { State: 'unhealthy', Reason: 'Target.ResponseCodeMismatch' } as const;
    room.world.elb.admin.pinTargetHealth(room.targetGroupArn, { ip, port: 8080 }, health);
    await room.world.clock.advance(120_000);
    await room.world.finish(reconcile(room));
    expect(await room.route()).toBe('1:0');
    expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
  });

  test('a reconcile points it to a healthy task whose start has died', async () => {
    const room = await upAndRunning();
    await editRule(room, [
      { TargetGroupArn: room.targetGroupArn, Weight: 0 },
      { TargetGroupArn: room.activatorGroupArn, Weight: 1 },
    ]);
    const outcomes = await room.world.finish(reconcile(room));
    expect(await room.route()).toBe('1:0');
    expect(outcomes).toEqual([]);
  });

  test('a start with wait: none is complete when its task is healthy and gets the requests', async () => {
    const room = await openEngineRoom({ wakes: true });
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
    const change = await whenRunning(room, taskArn);
    await room.world.finish(reconcileChange(room.ports('CHANGE'), change, room.context()));
    expect(await room.route()).toBe('1:0');
    expect(room.outcomes.map(({ type }) => type)).toEqual(['Service Started']);
  });

  test('the operation that registers a task stops it if it never becomes healthy', async () => {
    const room = await openEngineRoom({ wakes: true, mapping: { healthyTimeoutSeconds: 30 } });
    room.world.runtime.statusCodeFor(() => 500);
    const { taskArn } = await room.world.finish(room.start({ waitFor: 'none' }));
    const change = await whenRunning(room, taskArn);
    await room.world.finish(reconcileChange(room.ports('CHANGE'), change, room.context(900_000)));
    await room.world.clock.advance(60_000);
    expect(room.tasks()).toEqual(['STOPPED/STOPPED']);
    expect(room.outcomes.map(({ type, errorCode }) => [type, errorCode])).toEqual([
      ['Service Start Failed', 'StartTimedOut'],
    ]);
  });
});

describe('a rule that start-engines does not change', () => {
  async function withForeignRule(): Promise<EngineRoom> {
    const room = await openEngineRoom({ wakes: true });
    await editRule(room, [
      { TargetGroupArn: room.targetGroupArn, Weight: 1 },
      { TargetGroupArn: room.secondGroupArn, Weight: 1 },
    ]);
    return room;
  }

  test('does not delay a start, which reports it', async () => {
    const room = await withForeignRule();
    const outcome = await room.world.finish(room.start({ waitFor: 'healthy' }));
    expect(outcome).toMatchObject({ route: 'foreign', waitedFor: 'healthy' });
    expect(room.operations({ mutating: true })).not.toContain('ModifyRule');
    expect(room.journal).toContainEqual({
      service: 'auth',
      kind: 'foreign-rule',
      listenerRuleArn: room.listenerRuleArn,
      state: 'foreign',
    });
  });

  test('does not delay a stop beyond the settling time', async () => {
    const room = await withForeignRule();
    await room.world.finish(room.start({ waitFor: 'healthy' }));
    await room.world.clock.advance(60_000);
    const from = now(room);
    await room.world.finish(stop(room));
    expect(changes(room, from)).toEqual(['DeregisterTargets 25', 'StopTask 40']);
  });

  test('is reported by a reconcile', async () => {
    const room = await withForeignRule();
    const [outcome] = await room.world.finish(reconcile(room));
    expect(outcome?.remarks).toEqual([
      `Rule ${room.listenerRuleArn} does not forward to exactly the service's and the activator's target groups, so start-engines leaves it alone.`,
    ]);
  });
});

test('a service without wake reads and changes no rule', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.finish(reconcile(room));
  await room.world.finish(stop(room));
  expect(room.operations().filter((operation) => operation.includes('Rule'))).toEqual([]);
});
