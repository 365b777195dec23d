import { reconcileAll, stopService } from '@start-engines/core';
import { expect, test } from 'vitest';
import { type EngineRoom, type EngineRoomOptions, openEngineRoom } from './engine-room.ts';

// Public bug reports, case 08 and the target group in another VPC.

const dualSubnet = 'subnet-0ddddddddddddddd4';
const ipv6Subnet = 'subnet-0eeeeeeeeeeeeeee6';
const farSubnet = 'subnet-0ffffffffffffffff';

/** A room whose VPC has a dual-stack subnet and an IPv6-only subnet. Another VPC has a subnet, too. */
async function openRoom(options: EngineRoomOptions & { readonly subnet: string }) {
  const { subnet, mapping, ...others } = options;
  const room = await openEngineRoom({ ...others, mapping: { subnets: [subnet], ...mapping } });
  const common = { vpcId: 'vpc-1', availabilityZone: 'us-east-2a' };
  const [prefix, ipv6Prefix] = ['10.200.1', '2001:db8:0:1'];
  room.world.vpc.putSubnet({ ...common, id: dualSubnet, prefix, cidrBlock: `${prefix}.0/24`, ipv6Prefix });
  const ipv6Only = { prefix: undefined, cidrBlock: undefined, ipv6Prefix: '2001:db8:0:2' };
  room.world.vpc.putSubnet({ ...common, id: ipv6Subnet, ...ipv6Only });
  room.world.vpc.putVpc('vpc-far');
  const far = { vpcId: 'vpc-far', availabilityZone: 'us-east-2c', prefix: '10.201.1', cidrBlock: '10.201.1.0/24' };
  room.world.vpc.putSubnet({ ...far, id: farSubnet });
  return { ...room, ipv6GroupArn: await makeIpv6Group(room) };
}

/** A target group for IPv6 addresses behind its own load balancer. */
async function makeIpv6Group({ world }: EngineRoom): Promise<string> {
  const call = (operation: string, input: object) =>
    world.client('elasticloadbalancing', 'SET-UP').call(operation, input);
  const { TargetGroups } = await call('CreateTargetGroup', {
    ...{ Name: 'auth-6', Protocol: 'HTTP', Port: 8080, VpcId: 'vpc-1', TargetType: 'ip', IpAddressType: 'ipv6' },
    ...{ HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2 },
  });
  const [group] = TargetGroups as { TargetGroupArn: string }[];
  const { LoadBalancers } = await call('CreateLoadBalancer', {
    Name: 'dual',
    IpAddressType: 'dualstack',
    Subnets: [dualSubnet, 'subnet-0aaaaaaaaaaaaaaa1'],
  });
  const [balancer] = LoadBalancers as { LoadBalancerArn: string }[];
  await call('CreateListener', {
    ...{ LoadBalancerArn: balancer?.LoadBalancerArn, Protocol: 'HTTP', Port: 80 },
    DefaultActions: [{ Type: 'forward', TargetGroupArn: group?.TargetGroupArn }],
  });
  return group?.TargetGroupArn ?? '';
}

const typeReads = (room: EngineRoom) => room.operations().filter((operation) => operation === 'DescribeTargetGroups');
const launches = (room: EngineRoom) => room.operations().filter((operation) => operation === 'RunTask');
const registered = (room: EngineRoom, arn?: string) =>
  room.targets(arn).filter((target) => !target.endsWith(' draining'));
const stopRequest = (room: EngineRoom) => ({ service: 'auth', asked: room.world.clock.now() });

test('a dual-stack task is registered in each target group with the kind of address that the group accepts', async () => {
  const room = await openRoom({ subnet: dualSubnet });
  const { targetGroupArn, ipv6GroupArn } = room;
  await room.putMapping({
    targetGroupArn: undefined,
    targetGroups: [{ arn: ipv6GroupArn }, { arn: targetGroupArn, port: 8081 }],
  });

  const outcome = await room.world.finish(room.start({ waitFor: 'healthy' }));

  expect(outcome.privateIp).toBe('2001:db8:0:1::4');
  expect(outcome.targets?.map(({ healthStatus }) => healthStatus)).toEqual(['healthy', 'healthy']);
  expect(room.targets(ipv6GroupArn)).toEqual(['2001:db8:0:1::4:8080 healthy']);
  expect(room.targets(targetGroupArn)).toEqual(['10.200.1.4:8081 healthy']);
  expect(typeReads(room)).toHaveLength(2);

  const ports = room.ports();
  await room.world.finish(stopService(ports, stopRequest(room), room.context()));

  expect(room.tasks()).toEqual(['RUNNING/STOPPED']);
  expect(registered(room, ipv6GroupArn)).toEqual([]);
  expect(registered(room, targetGroupArn)).toEqual([]);
  expect(typeReads(room)).toHaveLength(2);
});

test('a task with only an IPv6 address is registered with it', async () => {
  const room = await openRoom({ subnet: ipv6Subnet });
  await room.putMapping({ targetGroupArn: room.ipv6GroupArn });

  const outcome = await room.world.finish(room.start({ waitFor: 'healthy' }));

  expect(outcome.privateIp).toBe('2001:db8:0:2::4');
  expect(room.targets(room.ipv6GroupArn)).toEqual(['2001:db8:0:2::4:8080 healthy']);
  expect(await room.world.finish(reconcileAll(room.ports(), room.context()))).toEqual([]);
  expect(room.targets(room.ipv6GroupArn)).toEqual(['2001:db8:0:2::4:8080 healthy']);
});

test.each([
  ['only an IPv6 address', ipv6Subnet, false, 'IPv4'],
  ['only an IPv4 address', 'subnet-0aaaaaaaaaaaaaaa1', true, 'IPv6'],
])(
  'a start fails at once if the task has %s and the target group accepts only the other kind',
  async (_kind, subnet, ipv6, other) => {
    const room = await openRoom({ subnet });
    if (ipv6) await room.putMapping({ targetGroupArn: room.ipv6GroupArn });

    const start = room.world.finish(room.start());

    await expect(start).rejects.toMatchObject({
      code: 'TargetUnusable',
      retryable: false,
      message: expect.stringContaining(`it takes ${other} addresses only`),
    });
    expect(launches(room)).toHaveLength(1);
    expect(room.tasks()).toEqual(['RUNNING/STOPPED']);
  },
);

test('a task whose address no target group accepts is stopped after its deadline if its start waited for nothing', async () => {
  const room = await openRoom({ subnet: ipv6Subnet, mapping: { startTimeoutSeconds: 60 } });
  await room.world.finish(room.start({ waitFor: 'none' }));
  await room.world.clock.advance(60_000);
  const early = room.world.finish(reconcileAll(room.ports(), room.context()));
  await expect(early).rejects.toThrow(/takes IPv4 addresses only/);
  expect(room.tasks()).toEqual(['RUNNING/RUNNING']);

  await room.world.clock.advance(20_000);
  await room.world.finish(reconcileAll(room.ports(), room.context()));

  expect(room.tasks()).toEqual(['RUNNING/STOPPED']);
  expect(room.outcomes.map(({ type }) => type)).toContain('Service Start Failed');
  expect(room.outcomes.map((outcome) => JSON.stringify(outcome)).join()).toContain(
    'none of its target groups accepts such an address',
  );
});

test('an ordinary start does not read which kind of address a target group accepts', async () => {
  const room = await openEngineRoom();
  await room.world.finish(room.start({ waitFor: 'healthy' }));
  expect(typeReads(room)).toEqual([]);
});

test('a target outside the VPC of its target group is registered in all zones, and deregistered again', async () => {
  const room = await openRoom({ subnet: farSubnet });

  const outcome = await room.world.finish(room.start({ waitFor: 'healthy' }));

  expect(room.world.elb.admin.targets(room.targetGroupArn)).toMatchObject([
    { id: outcome.privateIp, availabilityZone: 'all', health: { State: 'healthy' } },
  ]);

  await room.world.finish(stopService(room.ports('LAMBDA-2'), stopRequest(room), room.context()));

  expect(registered(room)).toEqual([]);
  const [taken] = room.world.calls.list({}).filter(({ operation }) => operation === 'DeregisterTargets');
  expect(taken?.input.Targets).toEqual([{ Id: outcome.privateIp, Port: 8080, AvailabilityZone: 'all' }]);
});
