import { expect, test } from 'vitest';
import { createEcsWorld, type EcsWorld, runInput, runningTask } from './ecs-world.ts';

/** The state-change events: status, desired status, version and seconds since the start. */
function steps(world: EcsWorld): readonly unknown[] {
  return world.events.map(({ lastStatus, desiredStatus, version, updatedAt }) => {
    const seconds = (Date.parse(String(updatedAt)) - Date.parse('2026-01-01T00:00:00Z')) / 1_000;
    return [lastStatus, desiredStatus, version, seconds].join(' ');
  });
}

/** The network interface's attachment, its details as an object. */
function interfaceOf(detail: Readonly<Record<string, unknown>> | undefined) {
  const attachments = detail?.attachments as {
    type: string;
    status: string;
    details: { name: string; value: string }[];
  }[];
  const [attachment] = attachments;
  return { status: attachment?.status, details: attachment?.details.map(({ name }) => name) };
}

test('a task goes from PROVISIONING to RUNNING, with one version per change', async () => {
  const world = await createEcsWorld();
  await world.run();
  await world.clock.advance(10_000);

  expect(steps(world)).toEqual([
    'PROVISIONING RUNNING 1 0',
    'PROVISIONING RUNNING 2 1',
    'PENDING RUNNING 3 2',
    'ACTIVATING RUNNING 4 3',
    'RUNNING RUNNING 5 4',
  ]);
});

test('the network interface has an IP after it is attached', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await runningTask(world);

  expect(world.events.map(interfaceOf)).toEqual([
    { status: 'PRECREATED', details: ['subnetId'] },
    { status: 'ATTACHING', details: ['subnetId', 'networkInterfaceId'] },
    ...Array.from({ length: 3 }, () => ({
      status: 'ATTACHED',
      details: ['subnetId', 'networkInterfaceId', 'macAddress', 'privateDnsName', 'privateIPv4Address'],
    })),
  ]);
  const { containers, attachments } = await world.describe(taskArn);
  const ip = attachments[0]?.details.find(({ name }) => name === 'privateIPv4Address')?.value;
  expect(ip).toMatch(/^10\.\d+\.\d+\.4$/);
  expect(containers[0]?.networkInterfaces).toEqual([{ attachmentId: attachments[0]?.id, privateIpv4Address: ip }]);
  expect(attachments[0]?.type).toBe('ElasticNetworkInterface');
});

test('a stopped task changes desiredStatus first, and reaches STOPPED later', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await runningTask(world, { tags: [{ key: 'service', value: 'auth' }] });

  const { task } = await world.call('StopTask', { cluster: 'main', task: taskArn, reason: 'stop@now' });
  await world.clock.advance(60_000);

  expect(task).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED', version: 6, tags: [] });
  expect(steps(world).slice(5)).toEqual([
    'RUNNING STOPPED 6 4',
    'DEACTIVATING STOPPED 7 5',
    'STOPPING STOPPED 8 6',
    'STOPPING STOPPED 9 6',
    'DEPROVISIONING STOPPED 10 6',
    'STOPPED STOPPED 11 7',
  ]);
  expect(world.runtime.signals(taskArn)).toEqual(['SIGTERM']);
  expect(await world.describe(taskArn, { include: ['TAGS'] })).toMatchObject({
    stopCode: 'UserInitiated',
    stoppedReason: 'stop@now',
    tags: [],
    startedAt: new Date('2026-01-01T00:00:04Z'),
    stoppingAt: new Date('2026-01-01T00:00:04Z'),
    executionStoppedAt: new Date('2026-01-01T00:00:06Z'),
    stoppedAt: new Date('2026-01-01T00:00:07Z'),
    containers: [{ lastStatus: 'STOPPED', exitCode: 143 }],
    attachments: [{ status: 'DELETED' }],
  });
});

test('a container that ignores SIGTERM is killed after 30 s', async () => {
  const world = await createEcsWorld();
  world.runtime.ignoreSigterm = true;
  const { taskArn } = await runningTask(world);
  await world.call('StopTask', { cluster: 'main', task: taskArn });
  await world.clock.advance(2_000 + 29_999);
  const before = world.runtime.signals(taskArn);
  await world.clock.advance(1);

  expect(before).toEqual(['SIGTERM']);
  expect(world.runtime.signals(taskArn)).toEqual(['SIGTERM', 'SIGKILL']);
  expect((await world.describe(taskArn)).containers[0]?.exitCode).toBe(137);
});

test("a container's stopTimeout takes the place of the 30 s", async () => {
  const world = await createEcsWorld();
  world.runtime.ignoreSigterm = true;
  const containerDefinitions = [{ name: 'app', image: 'registry.example/slow:1', stopTimeout: 120 }];
  await world.call('RegisterTaskDefinition', {
    family: 'slow',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions,
  });
  const { taskArn } = await runningTask(world, { taskDefinition: 'slow' });
  await world.call('StopTask', { cluster: 'main', task: taskArn });
  await world.clock.advance(2_000 + 119_999);
  const before = world.runtime.signals(taskArn);
  await world.clock.advance(1);

  expect(before).toEqual(['SIGTERM']);
  expect(world.runtime.signals(taskArn)).toEqual(['SIGTERM', 'SIGKILL']);
});

test('a task that is stopped during provisioning never runs', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await world.run();
  await world.clock.advance(2_500);
  await world.call('StopTask', { cluster: 'main', task: taskArn });
  await world.clock.advance(10_000);

  expect(steps(world).slice(3)).toEqual([
    'PENDING STOPPED 4 2.5',
    'DEPROVISIONING STOPPED 5 2.5',
    'STOPPED STOPPED 6 3.5',
  ]);
  expect(world.runtime.started).toEqual([]);
});

test('a missing image cannot be pulled', async () => {
  const world = await createEcsWorld();
  const container = { name: 'app', image: 'registry.example/missing:1' };
  await world.call('RegisterTaskDefinition', {
    family: 'broken',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [container],
  });
  const { taskArn } = await world.run({ taskDefinition: 'broken' });
  await world.clock.advance(10_000);

  const reason =
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref registry.example/missing:1: registry.example/missing:1: not found';
  expect(await world.describe(taskArn)).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'TaskFailedToStart',
    stoppedReason: reason,
    containers: [{ lastStatus: 'STOPPED', reason }],
  });
  expect(world.runtime.started).toEqual([]);
});

test('a container that fails to start stops its task', async () => {
  const world = await createEcsWorld();
  world.runtime.failure = 'no such command';
  const { taskArn } = await runningTask(world);
  await world.clock.advance(1_000);

  expect(await world.describe(taskArn)).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'CannotStartContainerError: no such command',
  });
});

test('the exit of an essential container ends the task', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await runningTask(world);
  world.runtime.exit(taskArn, 'app', 3);
  await world.clock.advance(1_000);

  expect(steps(world).slice(5)).toEqual(['RUNNING STOPPED 6 4', 'DEPROVISIONING STOPPED 7 4', 'STOPPED STOPPED 8 5']);
  expect(await world.describe(taskArn)).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'app', exitCode: 3 }],
  });
});

test('the exit of another container does not end the task', async () => {
  const world = await createEcsWorld();
  await world.call('RegisterTaskDefinition', {
    family: 'pair',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      { name: 'app', image: 'registry.example/app:1' },
      { name: 'setup', image: 'registry.example/setup:1', essential: false },
    ],
  });
  const { taskArn } = await runningTask(world, { taskDefinition: 'pair' });
  world.runtime.exit(taskArn, 'setup', 0);
  await world.clock.advance(1_000);

  expect(await world.describe(taskArn)).toMatchObject({
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    version: 6,
    containers: [
      { name: 'app', lastStatus: 'RUNNING' },
      { name: 'setup', lastStatus: 'STOPPED', exitCode: 0 },
    ],
  });
});

test('a crash has exit code 137', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await runningTask(world);
  world.model.admin.crashTask(taskArn);
  await world.clock.advance(1_000);

  expect(await world.describe(taskArn)).toMatchObject({
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 137 }],
  });
});

test('a container that is starting when its task stops is killed as soon as it has started', async () => {
  const world = await createEcsWorld();
  const { promise, resolve } = Promise.withResolvers<void>();
  world.runtime.startedWhen = promise;
  const { taskArn } = await runningTask(world);
  await world.call('StopTask', { cluster: 'main', task: taskArn });
  await world.clock.advance(5_000);
  const waiting = await world.describe(taskArn);
  resolve();
  await world.clock.advance(1_000);

  expect(waiting).toMatchObject({ lastStatus: 'ACTIVATING', desiredStatus: 'STOPPED' });
  expect(world.runtime.signals(taskArn)).toEqual(['SIGKILL']);
  expect(steps(world).slice(4)).toEqual([
    'ACTIVATING STOPPED 5 4',
    'DEPROVISIONING STOPPED 6 9',
    'STOPPED STOPPED 7 10',
  ]);
});

test('a stopped task can be described for an hour', async () => {
  const world = await createEcsWorld();
  const { taskArn } = await runningTask(world);
  world.runtime.exit(taskArn, 'app', 0);
  await world.clock.advance(1_000 + 3_600_000);
  const last = await world.describe(taskArn);
  await world.clock.advance(1);

  expect(last.lastStatus).toBe('STOPPED');
  expect(await world.call('DescribeTasks', { cluster: 'main', tasks: [taskArn] })).toEqual({
    tasks: [],
    failures: [{ arn: taskArn, reason: 'MISSING' }],
  });
});

test('a container has the environment of its definition merged with the overrides', async () => {
  const world = await createEcsWorld();
  const environment = [
    { name: 'MODE', value: 'fancy' },
    { name: 'EXTRA', value: '' },
  ];
  const task = await runningTask(world, { overrides: { containerOverrides: [{ name: 'app', environment }] } });

  expect(task.overrides).toEqual({ containerOverrides: [{ name: 'app', environment }] });
  expect(world.runtime.started[0]).toMatchObject({
    containerName: 'app',
    image: 'registry.example/auth:1',
    containerPorts: [8080],
    environment: { MODE: 'fancy', KEPT: 'yes', EXTRA: '' },
  });
});

test('an event contains the task, with ISO timestamps and the attachment type eni', async () => {
  const world = await createEcsWorld();
  await runningTask(world, { ...runInput, startedBy: 'start-engines/dev/auth' });

  expect(world.events.at(-1)).toMatchObject({
    attachments: [{ type: 'eni', status: 'ATTACHED' }],
    clusterArn: 'arn:aws:ecs:us-east-2:123456789012:cluster/main',
    taskDefinitionArn: 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth:1',
    group: 'family:auth',
    startedBy: 'start-engines/dev/auth',
    launchType: 'FARGATE',
    createdAt: '2026-01-01T00:00:00.000Z',
    pullStartedAt: '2026-01-01T00:00:03.000Z',
    startedAt: '2026-01-01T00:00:04.000Z',
    updatedAt: '2026-01-01T00:00:04.000Z',
    version: 5,
  });
  expect(world.events.at(-1)).not.toHaveProperty('healthStatus');
});
