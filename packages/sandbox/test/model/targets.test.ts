import { expect, test } from 'vitest';
import { createElbWorld, makeRegisteredTarget } from './elb-world.ts';

test.each([
  ['an invalid address', { Id: '10.0.0' }, 'ValidationError', "The IP address '10.0.0' is not a valid IPv4 address"],
  [
    'a public address',
    { Id: '8.8.8.8' },
    'InvalidTarget',
    "The IP address '8.8.8.8' must be from the VPC, or from the ranges of RFC 1918 or RFC 6598",
  ],
  [
    'port 0',
    { Id: '10.0.0.6', Port: 0 },
    'ValidationError',
    "1 validation error detected: Value '0' at 'targets.1.member.port' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    'port 65536',
    { Id: '10.0.0.6', Port: 65_536 },
    'ValidationError',
    "1 validation error detected: Value '65536' at 'targets.1.member.port' failed to satisfy constraint: Member must have value less than or equal to 65535",
  ],
])('does not register %s', async (_what, target, code, message) => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);
  const refused = world.call('RegisterTargets', { TargetGroupArn: targetGroupArn, Targets: [target] });
  await expect(refused).rejects.toMatchObject({ code, message });
  expect(world.model.admin.targets(targetGroupArn).map(({ id }) => id)).toEqual(['10.0.0.5']);
});

test.each(['RegisterTargets', 'DeregisterTargets', 'DescribeTargetHealth'])(
  '%s of an unknown group',
  async (operation) => {
    const world = createElbWorld();
    const TargetGroupArn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/none/0123456789abcdef';
    const Targets = [{ Id: '10.0.0.5' }];
    await expect(world.call(operation, { TargetGroupArn, Targets })).rejects.toMatchObject({
      code: 'TargetGroupNotFound',
      message: 'One or more target groups not found',
    });
    await expect(world.call(operation, { TargetGroupArn: 'auth', Targets })).rejects.toMatchObject({
      code: 'ValidationError',
      message: "'auth' is not a valid target group ARN",
    });
  },
);

test('a target without a port has the port of its group', async () => {
  const world = createElbWorld();
  const targetGroupArn = await world.makeGroup();
  await world.call('RegisterTargets', { TargetGroupArn: targetGroupArn, Targets: [{ Id: '10.0.0.5' }] });
  expect(await world.health(targetGroupArn)).toEqual(['10.0.0.5:8080 unused Target.NotInUse']);
});

test('one address can be registered on two ports, and each is deregistered on its own', async () => {
  const world = createElbWorld();
  const TargetGroupArn = await world.makeGroup();
  const Targets = [
    { Id: '10.0.0.5', Port: 8080 },
    { Id: '10.0.0.5', Port: 9090 },
  ];
  await world.call('RegisterTargets', { TargetGroupArn, Targets });
  await world.call('DeregisterTargets', { TargetGroupArn, Targets: [{ Id: '10.0.0.5' }] });
  expect(await world.health(TargetGroupArn)).toEqual(['10.0.0.5:9090 unused Target.NotInUse']);
});

test('deregistering an unknown target succeeds', async () => {
  const world = createElbWorld();
  const { targetGroupArn } = await makeRegisteredTarget(world);
  const Targets = [{ Id: '10.0.0.99', Port: 8080 }];
  expect(await world.call('DeregisterTargets', { TargetGroupArn: targetGroupArn, Targets })).toEqual({});
  expect((await world.health(targetGroupArn)).length).toBe(1);
});

test('a group has at most 1,000 targets', async () => {
  const world = createElbWorld();
  const TargetGroupArn = await world.makeGroup();
  const Targets = Array.from({ length: 1_000 }, (_, index) => ({ Id: '10.0.0.5', Port: index + 1 }));
  await world.call('RegisterTargets', { TargetGroupArn, Targets });
  await expect(
    world.call('RegisterTargets', { TargetGroupArn, Targets: [{ Id: '10.0.0.6', Port: 1 }] }),
  ).rejects.toMatchObject({ code: 'TooManyTargets' });
  expect(await world.call('RegisterTargets', { TargetGroupArn, Targets: Targets.slice(0, 2) })).toEqual({});
});
