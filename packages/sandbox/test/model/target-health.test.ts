import { expect, test } from 'vitest';
import { createElbWorld, type ElbWorld, makeRegisteredTarget } from './elb-world.ts';

const target = { Id: '10.0.0.5', Port: 8080 };

/** The results of DescribeTargetHealth after each step, given in milliseconds. */
async function watch(world: ElbWorld, targetGroupArn: string, steps: readonly number[]) {
  const seen: string[] = [];
  for (const milliseconds of steps) {
    await world.clock.advance(milliseconds);
    seen.push((await world.health(targetGroupArn)).join(', '));
  }
  return seen.map((line) => line.replace('10.0.0.5:8080 ', ''));
}

test('a new target is registered, checked once and healthy', async () => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);

  expect(await watch(world, targetGroupArn, [0, 1_999, 1, 999, 1])).toEqual([
    'initial Elb.RegistrationInProgress',
    'initial Elb.RegistrationInProgress',
    'initial Elb.InitialHealthChecking',
    'initial Elb.InitialHealthChecking',
    'healthy',
  ]);
  expect(world.checks).toEqual([{ ip: '10.0.0.5', port: 8080, path: '/health', timeoutMs: 5_000 }]);
});

test.each([
  ['answers 503', { kind: 'answered', statusCode: 503 } as const, 'unhealthy Target.ResponseCodeMismatch'],
  ['refuses', { kind: 'refused' } as const, 'unhealthy Target.FailedHealthChecks'],
  ['times out', { kind: 'timeout' } as const, 'unhealthy Target.Timeout'],
])('a new target that %s is unhealthy after the threshold', async (_what, answer, expected) => {
  const world = createElbWorld();
  world.answer = answer;
  const { targetGroupArn } = await makeRegisteredTarget(world);

  expect(await watch(world, targetGroupArn, [3_000, 9_999, 1])).toEqual([
    'initial Elb.InitialHealthChecking',
    'initial Elb.InitialHealthChecking',
    expected,
  ]);
});

test('the interval is measured from the start of a check, regardless of its duration', async () => {
  const world = createElbWorld();
  world.answer = { kind: 'timeout' };
  world.answerAfterMs = 5_000;
  const { targetGroupArn } = await makeRegisteredTarget(world);

  expect(await watch(world, targetGroupArn, [13_000 + 4_999, 1])).toEqual([
    'initial Elb.InitialHealthChecking',
    'unhealthy Target.Timeout',
  ]);
});

test('the probe ends a check, and the next one starts at the following interval', async () => {
  const world = createElbWorld();
  world.answerAfterMs = 12_000;
  const { targetGroupArn } = await makeRegisteredTarget(world);

  expect(await watch(world, targetGroupArn, [3_000 + 11_999, 1])).toEqual([
    'initial Elb.InitialHealthChecking',
    'healthy',
  ]);
  await world.clock.advance(7_999);
  expect(world.checks).toHaveLength(1);
  await world.clock.advance(1);
  expect(world.checks).toHaveLength(2);
});

test('a healthy target fails twice to be unhealthy and passes three times to be healthy again', async () => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);
  const healthy = await watch(world, targetGroupArn, [3_000]);
  world.answer = { kind: 'refused' };
  const failing = await watch(world, targetGroupArn, [10_000, 10_000]);
  world.answer = { kind: 'answered', statusCode: 200 };
  const passing = await watch(world, targetGroupArn, [10_000, 10_000, 10_000]);

  expect(healthy).toEqual(['healthy']);
  expect(failing).toEqual(['healthy', 'unhealthy Target.FailedHealthChecks']);
  expect(passing).toEqual(['unhealthy Target.FailedHealthChecks', 'unhealthy Target.FailedHealthChecks', 'healthy']);
});

test('only consecutive failures count', async () => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);
  await world.clock.advance(3_000);
  const seen: string[] = [];
  for (const statusCode of [500, 200, 500, 200, 500]) {
    world.answer = { kind: 'answered', statusCode };
    seen.push(...(await watch(world, targetGroupArn, [10_000])));
  }
  expect(seen).toEqual(['healthy', 'healthy', 'healthy', 'healthy', 'healthy']);
});

test('a target drains for the whole delay, and is then removed', async () => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);
  await setDelay(world, targetGroupArn, '20');
  await world.clock.advance(3_000);
  await world.call('DeregisterTargets', { TargetGroupArn: targetGroupArn, Targets: [target] });

  expect(await watch(world, targetGroupArn, [0, 19_999, 1])).toEqual([
    'draining Target.DeregistrationInProgress',
    'draining Target.DeregistrationInProgress',
    '',
  ]);
  expect(await world.health(targetGroupArn, { Targets: [target] })).toEqual([
    '10.0.0.5:8080 unused Target.NotRegistered',
  ]);
});

test('neither a second deregistration nor the end of its rule changes how long a target drains', async () => {
  const world = createElbWorld();
  const { targetGroupArn, ruleArn } = await makeRegisteredTarget(world);
  await setDelay(world, targetGroupArn, '20');
  await world.clock.advance(3_000);
  const deregister = { TargetGroupArn: targetGroupArn, Targets: [target] };
  await world.call('DeregisterTargets', deregister);
  await world.clock.advance(5_000);
  await world.call('DeregisterTargets', deregister);
  await world.clock.advance(5_000);
  await world.call('DeleteRule', { RuleArn: ruleArn });

  expect(await watch(world, targetGroupArn, [9_999, 1])).toEqual(['draining Target.DeregistrationInProgress', '']);
});

test('a draining target that is registered again starts over and is not removed', async () => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);
  await setDelay(world, targetGroupArn, '20');
  await world.clock.advance(3_000);
  await world.call('DeregisterTargets', { TargetGroupArn: targetGroupArn, Targets: [target] });
  await world.clock.advance(10_000);
  await world.call('RegisterTargets', { TargetGroupArn: targetGroupArn, Targets: [target] });

  expect(await watch(world, targetGroupArn, [0, 3_000, 20_000])).toEqual([
    'initial Elb.RegistrationInProgress',
    'healthy',
    'healthy',
  ]);
});

test('a check that was pending at deregistration does not count for the next registration', async () => {
  const world = createElbWorld();
  world.answerAfterMs = 4_000;
  const { targetGroupArn } = await makeRegisteredTarget(world);
  await world.clock.advance(3_000);
  await world.call('DeregisterTargets', { TargetGroupArn: targetGroupArn, Targets: [target] });
  await world.call('RegisterTargets', { TargetGroupArn: targetGroupArn, Targets: [target] });

  expect(await watch(world, targetGroupArn, [4_000, 2_999, 1])).toEqual([
    'initial Elb.InitialHealthChecking',
    'initial Elb.InitialHealthChecking',
    'healthy',
  ]);
});

test('registering a registered target has no effect', async () => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);
  await world.clock.advance(3_000);
  await world.call('RegisterTargets', { TargetGroupArn: targetGroupArn, Targets: [target] });

  expect(await watch(world, targetGroupArn, [0])).toEqual(['healthy']);
});

test('targets of an unused group are unused until a rule forwards to it', async () => {
  const world = createElbWorld();
  const targetGroupArn = await world.makeGroup();
  await world.call('RegisterTargets', { TargetGroupArn: targetGroupArn, Targets: [target] });
  const before = await watch(world, targetGroupArn, [60_000]);
  const { listenerArn } = await world.makeListener();
  const ruleArn = await world.forward(listenerArn, targetGroupArn);
  const used = await watch(world, targetGroupArn, [0, 3_000]);
  await world.call('DeleteRule', { RuleArn: ruleArn });
  const after = await watch(world, targetGroupArn, [0, 60_000]);

  expect(before).toEqual(['unused Target.NotInUse']);
  expect(used).toEqual(['initial Elb.RegistrationInProgress', 'healthy']);
  expect(after).toEqual(['unused Target.NotInUse', 'unused Target.NotInUse']);
  expect(world.checks.length).toBe(1);
});

test("an address of the load balancer's own can not be a target", async () => {
  const world = createElbWorld();
  world.model.admin.reserveIp('10.0.0.5');
  const { targetGroupArn } = await makeRegisteredTarget(world);
  expect(await watch(world, targetGroupArn, [60_000])).toEqual(['unused Target.IpUnusable']);
});

test('a pinned state is not changed by health checks', async () => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);
  const health = { State: 'unavailable', Reason: 'Elb.InternalError' } as const;
  world.model.admin.pinTargetHealth(targetGroupArn, { ip: '10.0.0.5', port: 8080 }, health);
  const pinned = await watch(world, targetGroupArn, [60_000]);
  world.model.admin.pinTargetHealth(targetGroupArn, { ip: '10.0.0.5', port: 8080 }, undefined);

  expect(pinned).toEqual(['unavailable Elb.InternalError']);
  expect(await watch(world, targetGroupArn, [0])).toEqual(['healthy']);
});

test.each([
  ['200', 200, true],
  ['200', 204, false],
  ['200,202', 202, true],
  ['200,202', 201, false],
  ['200-299', 299, true],
  ['200-299', 300, false],
  ['200-299,404', 404, true],
])('the matcher %s and the status code %d', async (matcher, statusCode, passes) => {
  const world = createElbWorld();
  world.answer = { kind: 'answered', statusCode };
  const { targetGroupArn } = await makeRegisteredTarget(world);
  await world.call('ModifyTargetGroup', { TargetGroupArn: targetGroupArn, Matcher: { HttpCode: matcher } });
  await world.clock.advance(3_000);
  expect((await world.health(targetGroupArn))[0] === '10.0.0.5:8080 healthy').toBe(passes);
});

test('a changed interval, path and port apply from the next check', async () => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);
  await world.call('ModifyTargetGroup', {
    TargetGroupArn: targetGroupArn,
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
    HealthCheckPath: '/ready',
    HealthCheckPort: '9090',
  });
  await world.clock.advance(3_000 + 5_000);

  const check = { ip: '10.0.0.5', port: 9090, path: '/ready', timeoutMs: 2_000 };
  expect(world.checks).toEqual([check, check]);
});

test('reads of target health can be stale, and stale reads are counted', async () => {
  const world = createElbWorld({ durations: { targetHealthReadLagMs: 1_000 } });
  const { targetGroupArn } = await makeRegisteredTarget(world);
  const atOnce = await world.health(targetGroupArn);
  const stale = world.model.admin.counts().staleTargetHealthReads;
  await world.clock.advance(1_000);

  expect([atOnce, stale]).toEqual([[], 1]);
  expect(await world.health(targetGroupArn)).toEqual(['10.0.0.5:8080 initial Elb.RegistrationInProgress']);
  expect(world.model.admin.counts().staleTargetHealthReads).toBe(1);
});

async function setDelay(world: ElbWorld, targetGroupArn: string, seconds: string): Promise<void> {
  await world.call('ModifyTargetGroupAttributes', {
    TargetGroupArn: targetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: seconds }],
  });
}
