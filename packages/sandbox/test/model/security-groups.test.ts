import { beforeEach, describe, expect, test } from 'vitest';
import { noDelays } from '../../src/durations.ts';
import { createEc2Operations } from '../../src/model/ec2/ec2-model.ts';
import { isInside } from '../../src/model/ec2/security-group.ts';
import { createVpc, type Vpc } from '../../src/model/ec2/vpc.ts';
import type { Operations } from '../../src/operation.ts';
import { createElbWorld, type ElbWorld, type Reply } from './elb-world.ts';

const taskIp = '10.20.30.4';
let vpc: Vpc;
let network: Operations;
let world: ElbWorld;
let loadBalancerArn: string;
let listenerArn: string;
let targetGroupArn: string;

const ec2 = async (operation: string, input: Reply = {}) => {
  const context = {
    service: 'ec2',
    operation,
    requestId: 'r',
    region: 'us-east-2',
    accountId: '123456789012',
  } as const;
  const run = network[operation];
  if (run === undefined) throw new Error(`there is no ${operation}`);
  return run(input, context);
};

const makeGroup = async (GroupName: string) =>
  String((await ec2('CreateSecurityGroup', { GroupName, GroupDescription: GroupName })).groupId);

/** A task's interface, as ECS creates it. */
function placeTask(groupIds: readonly string[], zone = 'us-east-2a', ip = taskIp): void {
  const prefix = ip.slice(0, ip.lastIndexOf('.'));
  const subnet = {
    id: `subnet-${zone}`,
    vpcId: 'vpc-sandbox',
    availabilityZone: zone,
    prefix,
    cidrBlock: `${prefix}.0/24`,
  };
  vpc.putSubnet(subnet);
  vpc.attach({
    id: `eni-${ip}`,
    description: 'a task',
    requesterId: 'ecs',
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    availabilityZone: zone,
    ip,
    macAddress: '',
    groupIds,
  });
}

const tcp = (port: number, source: Reply): Reply => ({
  IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...source }],
});

const register = () =>
  world.call('RegisterTargets', { TargetGroupArn: targetGroupArn, Targets: [{ Id: taskIp, Port: 8080 }] });

beforeEach(async () => {
  vpc = createVpc({ region: 'us-east-2', accountId: '123456789012' });
  network = createEc2Operations(vpc);
  world = createElbWorld({ durations: noDelays, vpc });
  targetGroupArn = await world.makeGroup();
  ({ listenerArn, loadBalancerArn } = await world.makeListener());
  await world.forward(listenerArn, targetGroupArn);
});

describe('a task whose security group blocks the load balancer', () => {
  test('is unhealthy with Target.Timeout, without receiving a check, until the group admits the load balancer', async () => {
    const balancer = await makeGroup('balancer');
    const task = await makeGroup('task');
    await world.call('SetSecurityGroups', { LoadBalancerArn: loadBalancerArn, SecurityGroups: [balancer] });
    placeTask([task]);
    await register();
    await world.clock.advance(60_000);
    expect(await world.health(targetGroupArn)).toEqual([`${taskIp}:8080 unhealthy Target.Timeout`]);
    expect(world.checks).toEqual([]);

    await ec2('AuthorizeSecurityGroupIngress', { GroupId: task, ...tcp(8080, { Groups: [{ GroupId: balancer }] }) });
    await world.clock.advance(60_000);
    expect(await world.health(targetGroupArn)).toEqual([`${taskIp}:8080 healthy`]);
  });

  test('receives no request either', async () => {
    placeTask([await makeGroup('task')]);
    await register();
    await world.clock.advance(60_000);
    const request = { listenerArn, method: 'GET', host: 'localhost', path: '/api/auth', query: '', headers: {} };
    expect(world.model.route(request)).toMatchObject({ kind: 'forward', target: { ip: taskIp }, blocked: true });
  });

  test.each([
    ['another port', { IpProtocol: 'tcp', FromPort: 8081, ToPort: 8090 }, 'Target.Timeout'],
    ['another protocol', { IpProtocol: 'udp', FromPort: 8080, ToPort: 8080 }, 'Target.Timeout'],
    ['another block', { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, cidr: '10.20.0.0/16' }, 'Target.Timeout'],
    ['a range with the port', { IpProtocol: 'tcp', FromPort: 8000, ToPort: 8080 }, undefined],
    ['every protocol', { IpProtocol: '-1' }, undefined],
  ])('%s is opened', async (_what, { cidr = '0.0.0.0/0', ...ports }: Reply & { cidr?: string }, reason) => {
    const task = await makeGroup('task');
    placeTask([task]);
    await ec2('AuthorizeSecurityGroupIngress', {
      GroupId: task,
      IpPermissions: [{ ...ports, IpRanges: [{ CidrIp: cidr }] }],
    });
    await register();
    await world.clock.advance(60_000);
    const state = reason === undefined ? 'healthy' : `unhealthy ${reason}`;
    expect(await world.health(targetGroupArn)).toEqual([`${taskIp}:8080 ${state}`]);
  });

  test('the load balancer’s egress rules apply too', async () => {
    const balancer = await makeGroup('balancer');
    await world.call('SetSecurityGroups', { LoadBalancerArn: loadBalancerArn, SecurityGroups: [balancer] });
    await ec2('RevokeSecurityGroupEgress', {
      GroupId: balancer,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
    placeTask(['sg-open']);
    await register();
    await world.clock.advance(60_000);
    expect(await world.health(targetGroupArn)).toEqual([`${taskIp}:8080 unhealthy Target.Timeout`]);
  });

  test('members of the default group can only be reached by each other', async () => {
    placeTask(['sg-default']);
    await register();
    await world.clock.advance(60_000);
    expect(await world.health(targetGroupArn)).toEqual([`${taskIp}:8080 healthy`]);
    await world.call('SetSecurityGroups', { LoadBalancerArn: loadBalancerArn, SecurityGroups: ['sg-open'] });
    await world.clock.advance(60_000);
    expect(await world.health(targetGroupArn)).toEqual([`${taskIp}:8080 unhealthy Target.Timeout`]);
  });
});

test('a target outside the load balancer’s zones is unused until its zone is added', async () => {
  placeTask(['sg-open'], 'us-east-2c');
  await register();
  await world.clock.advance(60_000);
  expect(await world.health(targetGroupArn)).toEqual([`${taskIp}:8080 unused Target.NotInUse`]);
  await world.call('SetSubnets', { LoadBalancerArn: loadBalancerArn, Subnets: ['subnet-a', 'subnet-us-east-2c'] });
  await world.clock.advance(60_000);
  expect(await world.health(targetGroupArn)).toEqual([`${taskIp}:8080 healthy`]);
});

test('groups and load balancers can be filtered by their members', async () => {
  const group = await makeGroup('task');
  placeTask([group]);
  await expect(ec2('DeleteSecurityGroup', { GroupId: group })).rejects.toMatchObject({ code: 'DependencyViolation' });
  const filter = [{ Name: 'group-id', Value: [group] }];
  expect(await ec2('DescribeNetworkInterfaces', { Filter: filter })).toMatchObject({
    networkInterfaceSet: [{ privateIpAddress: taskIp, groupSet: [{ groupId: group, groupName: 'task' }] }],
  });
  const own = [{ Name: 'description', Value: ['ELB app/shared/*'] }];
  const { networkInterfaceSet } = await ec2('DescribeNetworkInterfaces', { Filter: own });
  expect((networkInterfaceSet as Reply[]).map(({ availabilityZone }) => availabilityZone)).toEqual([
    'us-east-2a',
    'us-east-2b',
  ]);
  await world.call('DeleteLoadBalancer', { LoadBalancerArn: loadBalancerArn });
  expect(await ec2('DescribeNetworkInterfaces', { Filter: own })).toEqual({ networkInterfaceSet: [] });
});

test.each([
  ['10.0.1.9', '10.0.1.0/24', true],
  ['10.0.2.9', '10.0.1.0/24', false],
  ['10.0.1.9', '10.0.1.9/32', true],
  ['192.168.0.1', '0.0.0.0/0', true],
  ['10.0.1.128', '10.0.1.0/25', false],
])('%s in %s: %s', (ip, cidr, inside) => {
  expect(isInside(ip, cidr)).toBe(inside);
});
