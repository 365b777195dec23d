import { expect, test } from 'vitest';
import { createInMemoryWorld, type InMemoryWorld } from '../../src/in-memory.ts';
import { noDelays } from '../../src/index.ts';
import { createEcsWorld, runInput, runningTask } from './ecs-world.ts';
import { groupInput, notFound } from './elb-world.ts';

test('an address is free after its task has stopped, and can be reused at once', async () => {
  const world = await createEcsWorld();
  world.model.admin.setIpReuseChance(1);
  const first = await runningTask(world);
  const second = await runningTask(world);
  await world.call('StopTask', { cluster: 'main', task: first.taskArn });
  await world.clock.advance(3_000);
  const third = await runningTask(world);

  const ips = world.runtime.started.map(({ taskArn, privateIp }) => [taskArn, privateIp.split('.').at(-1)]);
  expect(ips).toEqual([
    [first.taskArn, '4'],
    [second.taskArn, '5'],
    [third.taskArn, '4'],
  ]);
});

test('a subnet without a free address stops the task', async () => {
  const world = await createEcsWorld();
  for (let call = 0; call < 26; call++) await world.run({ count: 10 });
  await world.clock.advance(10_000);
  const tasks = world.model.admin.tasks();

  expect(tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length).toBe(251);
  expect(tasks.find(({ lastStatus }) => lastStatus === 'STOPPED')).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason:
      "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-a': InsufficientFreeAddressesInSubnet",
  });
});

/** Two services in one subnet, each with a rule and a target group. */
async function createTwoServices(world: InMemoryWorld) {
  const ecs = world.client('ecs');
  const elb = world.client('elasticloadbalancing');
  await ecs.call('CreateCluster', { clusterName: 'main' });
  const { LoadBalancers } = await elb.call('CreateLoadBalancer', { Name: 'shared', Subnets: ['subnet-a', 'subnet-b'] });
  const { Listeners } = await elb.call('CreateListener', {
    LoadBalancerArn: (LoadBalancers as { LoadBalancerArn: string }[])[0]?.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [notFound],
  });
  const listenerArn = (Listeners as { ListenerArn: string }[])[0]?.ListenerArn ?? '';
  const makeService = async (name: string, Priority: number) => {
    await ecs.call('RegisterTaskDefinition', {
      family: name,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name, image: `${name}:1`, portMappings: [{ containerPort: 8080 }] }],
    });
    const { TargetGroups } = await elb.call('CreateTargetGroup', { ...groupInput, Name: name });
    const targetGroupArn = (TargetGroups as { TargetGroupArn: string }[])[0]?.TargetGroupArn ?? '';
    await elb.call('CreateRule', {
      ListenerArn: listenerArn,
      Priority,
      Conditions: [{ Field: 'path-pattern', Values: [`/api/${name}`] }],
      Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    });
    return targetGroupArn;
  };
  const launch = async (taskDefinition: string, subnet = 'subnet-a') => {
    await ecs.call('RunTask', {
      ...runInput,
      taskDefinition,
      networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } },
    });
    await world.clock.advance(1_000);
    return [...world.runtime.running].findLast(({ container }) => container.image === `${taskDefinition}:1`);
  };
  return { elb, listenerArn, makeService, launch };
}

test("a crashed task's address can go to another service of the subnet, which then gets the traffic", async () => {
  const world = createInMemoryWorld({ seed: 1, durations: noDelays });
  world.ecs.admin.setIpReuseChance(1);
  const { elb, listenerArn, makeService, launch } = await createTwoServices(world);
  const authGroup = await makeService('auth', 10);
  await makeService('pdf', 20);
  const auth = await launch('auth');
  const ip = auth?.container.privateIp ?? '';
  await elb.call('RegisterTargets', { TargetGroupArn: authGroup, Targets: [{ Id: ip, Port: 8080 }] });
  await world.clock.advance(10_000);
  const health = () => world.elb.admin.targets(authGroup).map(({ id, health: { State } }) => [id, State]);
  expect(health()).toEqual([[ip, 'healthy']]);

  auth?.exit(1);
  await world.clock.advance(60_000);
  expect(health()).toEqual([[ip, 'unhealthy']]);
  const elsewhere = await launch('pdf', 'subnet-b');
  const pdf = await launch('pdf');
  await world.clock.advance(60_000);

  expect([elsewhere?.container.privateIp === ip, pdf?.container.privateIp === ip]).toEqual([false, true]);
  expect(health()).toEqual([[ip, 'healthy']]);
  const request = { listenerArn, method: 'GET', host: 'localhost', path: '/api/auth', query: '', headers: {} };
  expect(world.elb.route(request)).toMatchObject({
    kind: 'forward',
    targetGroupArn: authGroup,
    target: { ip, port: 8080 },
  });
});

test('two live tasks never have the same address, at any probability of reuse', async () => {
  const world = await createEcsWorld();
  world.model.admin.setIpReuseChance(0.5);
  for (let round = 0; round < 200; round++) {
    const tasks = await Promise.all([runningTask(world), runningTask(world)]);
    const live = world.model.admin.tasks().filter(({ lastStatus }) => lastStatus === 'RUNNING');
    const ips = live.map(({ containers }) => containers[0]?.networkInterfaces[0]?.privateIpv4Address);
    expect(new Set(ips).size).toBe(2);
    for (const { taskArn } of tasks) await world.call('StopTask', { cluster: 'main', task: taskArn });
    await world.clock.advance(5_000);
  }
});
