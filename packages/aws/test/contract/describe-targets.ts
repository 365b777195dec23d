import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import type { Behaviour } from './suite.ts';
import type { World } from './world.ts';

const unknownGroup = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/nothing/0123456789abcdef';

/** The group's targets with this address that receive requests, or may do so later. */
async function readTarget(world: World, targetGroupArn: string, ip: string) {
  const targets = await world.targets.read(targetGroupArn);
  return targets.filter((target) => target.ip === ip);
}

export function describeTargets(behaviour: Behaviour): void {
  behaviour('a registered target is read with its port, until it is deregistered', async (world) => {
    const ip = '10.0.9.1';
    await world.targets.register(world.targetGroupArn, { ip, port: 9090 });
    const read = () => readTarget(world, world.targetGroupArn, ip);
    const registered = await eventually(read, (targets) => targets.length > 0);
    expect(registered).toEqual([expect.objectContaining({ ip, port: 9090, state: expect.any(String) })]);
    expect(registered[0]?.state).not.toBe('unknown');
    await world.targets.deregister(world.targetGroupArn, { ip, port: 9090 });
    const left = await eventually(read, (targets) => targets.every(({ state }) => state === 'draining'));
    expect(left.filter(({ state }) => state !== 'draining')).toEqual([]);
  });

  behaviour('registering a target twice has the same effect as once', async (world) => {
    const target = { ip: '10.0.9.2', port: 8080 };
    await world.targets.register(world.targetGroupArn, target);
    await world.targets.register(world.targetGroupArn, target);
    const read = () => readTarget(world, world.targetGroupArn, target.ip);
    expect(await eventually(read, (targets) => targets.length > 0)).toHaveLength(1);
    await world.targets.deregister(world.targetGroupArn, target);
  });

  behaviour('a target group that does not exist is refused, and the error names it', async (world) => {
    const target = { ip: '10.0.9.3', port: 8080 };
    const context = {
      service: 'ELBv2',
      targetGroupArn: unknownGroup,
      awsCode: 'TargetGroupNotFound',
      httpStatus: 400,
      requestId: expect.any(String),
    };
    const refusal = (operation: string) => ({ name: 'AwsRejected', context: { ...context, operation } });
    await expect(world.targets.read(unknownGroup)).rejects.toMatchObject(refusal('DescribeTargetHealth'));
    await expect(world.targets.register(unknownGroup, target)).rejects.toMatchObject(refusal('RegisterTargets'));
    await expect(world.targets.deregister(unknownGroup, target)).rejects.toMatchObject(refusal('DeregisterTargets'));
  });

  behaviour('a target may be registered under two ports', async (world) => {
    const ip = '10.0.9.4';
    await world.targets.register(world.targetGroupArn, { ip, port: 8081 });
    await world.targets.register(world.targetGroupArn, { ip, port: 8082 });
    const ports = async () => (await readTarget(world, world.targetGroupArn, ip)).map(({ port }) => port);
    expect((await eventually(ports, (found) => found.length === 2)).sort()).toEqual([8081, 8082]);
    await world.targets.deregister(world.targetGroupArn, { ip, port: 8081 });
    const kept = async () =>
      (await readTarget(world, world.targetGroupArn, ip)).filter(({ state }) => state !== 'draining');
    // A stale read may still show the time before the second registration.
    const isOther = (targets: Awaited<ReturnType<typeof kept>>) => targets.length === 1 && targets[0]?.port === 8082;
    expect(await eventually(kept, isOther)).toMatchObject([{ port: 8082 }]);
    await world.targets.deregister(world.targetGroupArn, { ip, port: 8082 });
  });

  behaviour('deregistering a missing target succeeds', async (world) => {
    await world.targets.deregister(world.targetGroupArn, { ip: '10.0.9.5', port: 8080 });
    expect(await readTarget(world, world.targetGroupArn, '10.0.9.5')).toEqual([]);
  });

  behaviour('a target of a group that no listener uses is unused', async (world) => {
    const ip = '10.0.9.6';
    await world.targets.register(world.unusedTargetGroupArn, { ip, port: 8080 });
    const read = () => readTarget(world, world.unusedTargetGroupArn, ip);
    const [target] = await eventually(read, ([first]) => first?.state === 'unused');
    expect(target).toMatchObject({ state: 'unused', reason: 'Target.NotInUse', description: expect.any(String) });
  });

  behaviour('a target whose first check has not ended is initial', async (world) => {
    // No task has this address, so its checks time out.
    const target = { ip: '10.0.9.7', port: 8080 };
    await world.targets.register(world.targetGroupArn, target);
    const read = async () => (await readTarget(world, world.targetGroupArn, target.ip))[0];
    expect(await eventually(read, (found) => found !== undefined)).toMatchObject({
      state: 'initial',
      reason: expect.stringMatching(/^Elb\.(RegistrationInProgress|InitialHealthChecking)$/),
    });
    await world.targets.deregister(world.targetGroupArn, target);
  });

  behaviour('a target that passes its check is healthy, and drains when it is deregistered', async (world) => {
    const { taskArn } = await world.launch(world.newRequest({ containerName: 'web' }));
    const describe = async () => (await world.tasks.describe(world.cluster, [taskArn])).tasks[0];
    const task = await eventually(describe, (found) => found?.lastStatus === 'RUNNING');
    const target = { ip: task?.privateIp ?? '', port: 8080 };
    await world.targets.register(world.targetGroupArn, target);
    const read = async () => (await readTarget(world, world.targetGroupArn, target.ip))[0];
    expect(await eventually(read, (found) => found?.state === 'healthy')).toEqual({ ...target, state: 'healthy' });
    await world.targets.deregister(world.targetGroupArn, target);
    expect(await eventually(read, (found) => found?.state === 'draining')).toMatchObject({
      state: 'draining',
      reason: 'Target.DeregistrationInProgress',
    });
  });
}
