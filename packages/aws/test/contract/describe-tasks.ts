import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import { facts } from '../launch-request.ts';
import { eventually } from './eventually.ts';
import type { Behaviour } from './suite.ts';
import type { World } from './world.ts';

const asked = Date.UTC(2026, 10, 23, 8);

/** Describes a task until it has the expected state, because reads may be stale for a while. */
function describeUntil(world: World, taskArn: string, wanted: (task: TaskReading) => boolean) {
  const read = async () => (await world.tasks.describe(world.cluster, [taskArn])).tasks[0];
  return eventually(read, (task) => task !== undefined && wanted(task));
}
type TaskReading = Awaited<ReturnType<World['tasks']['describe']>>['tasks'][number];

/** The override with an environment. ECS shows an empty override for every other container. */
function overriddenContainer(world: World, taskArn: string) {
  const read = async () => {
    const overrides = (await world.look(taskArn))?.overrides?.containerOverrides ?? [];
    return overrides.find(({ environment = [] }) => environment.length > 0);
  };
  return eventually(read, (override) => override !== undefined);
}

export function describeTasks(behaviour: Behaviour): void {
  behaviour('a launched task is read back with its owner, its facts and its address', async (world) => {
    const request = world.newRequest();
    const launched = await world.launch(request);
    expect(launched).toMatchObject({
      clusterArn: world.clusterArn,
      taskDefinitionArn: world.taskDefinitionArn,
      startedBy: request.startedBy,
      desiredStatus: 'RUNNING',
      facts,
    });
    const task = await describeUntil(world, launched.taskArn, ({ privateIp }) => privateIp !== undefined);
    expect(task).toMatchObject({
      taskArn: launched.taskArn,
      clusterArn: world.clusterArn,
      taskDefinitionArn: world.taskDefinitionArn,
      startedBy: request.startedBy,
      desiredStatus: 'RUNNING',
      facts,
      privateIp: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
      createdAt: launched.createdAt,
    });
    expect(task).not.toHaveProperty('retire');
  });

  behaviour("the environment goes to the task definition's first essential container", async (world) => {
    const { taskArn } = await world.launch(world.newRequest());
    expect(await overriddenContainer(world, taskArn)).toMatchObject({
      name: 'web',
      environment: [
        { name: 'LEVEL', value: 'debug' },
        {
          name: 'START_ENGINES_LAUNCH_FACTS',
          value: expect.stringMatching(/"launchId":"launch-1".*"mac":"[\w-]{43}"\}$/),
        },
      ],
    });
  });

  behaviour('the environment goes to the container that was named', async (world) => {
    const { taskArn } = await world.launch(world.newRequest({ containerName: 'sidecar' }));
    expect(await overriddenContainer(world, taskArn)).toMatchObject({ name: 'sidecar' });
  });

  behaviour('an unknown cluster is refused', async (world) => {
    const context = { service: 'ECS', awsCode: 'ClusterNotFoundException', httpStatus: 400 };
    const elsewhere = world.tasks.launch(world.newRequest({ cluster: 'nowhere' }));
    await expect(elsewhere).rejects.toMatchObject({ name: 'AwsRejected', context });
    const listing = world.tasks.listCluster('nowhere', 'RUNNING');
    await expect(listing).rejects.toMatchObject({ name: 'AwsRejected', context });
    const describing = world.tasks.describe('nowhere', [`${world.clusterArn.replace(':cluster/', ':task/')}/1`]);
    await expect(describing).rejects.toMatchObject({ name: 'AwsRejected', context });
  });

  behaviour('an unknown task definition is refused, whether its container is known or not', async (world) => {
    const request = world.newRequest({ taskDefinition: 'nothing' });
    await expect(world.tasks.launch(request)).rejects.toMatchObject({
      name: 'AwsRejected',
      context: { service: 'ECS', operation: 'DescribeTaskDefinition', taskDefinition: 'nothing' },
    });
    await expect(world.tasks.launch({ ...request, containerName: 'web' })).rejects.toMatchObject({
      name: 'AwsRejected',
      context: { service: 'ECS', operation: 'RunTask', taskDefinition: 'nothing' },
    });
  });

  behaviour('an unknown task is missing, and the known ones are described', async (world) => {
    const { taskArn } = await world.launch(world.newRequest());
    const unknown = `${taskArn.slice(0, taskArn.lastIndexOf('/'))}/${'0'.repeat(32)}`;
    const read = () => world.tasks.describe(world.cluster, [unknown, taskArn]);
    const readings = await eventually(read, ({ tasks }) => tasks.length === 1);
    expect(readings.tasks.map((task) => task.taskArn)).toEqual([taskArn]);
    expect(readings.missing).toEqual([unknown]);
  });

  behaviour('tasks are listed by their owner, and by the cluster', async (world) => {
    const mine = world.newRequest();
    const { taskArn } = await world.launch(mine);
    const { taskArn: other } = await world.launch(world.newRequest());
    const list = () => world.tasks.list(world.cluster, mine.startedBy, 'RUNNING');
    expect(await eventually(list, (taskArns) => taskArns.length > 0)).toEqual([taskArn]);
    expect(await world.tasks.list(world.cluster, mine.startedBy, 'STOPPED')).toEqual([]);
    const listCluster = () => world.tasks.listCluster(world.cluster, 'RUNNING');
    const both = await eventually(listCluster, (taskArns) => taskArns.includes(taskArn) && taskArns.includes(other));
    expect(both).toEqual(expect.arrayContaining([taskArn, other]));
  });

  behaviour('a retire mark and an adoption are visible when the task is read', async (world) => {
    const { taskArn } = await world.launch(world.newRequest());
    await world.tasks.markRetiring(taskArn, { asked, by: 'restart' });
    await world.tasks.markAdopted(taskArn, { asked: asked + 1_000 });
    const task = await describeUntil(
      world,
      taskArn,
      ({ retire, adoptedAsked }) => retire !== undefined && adoptedAsked !== undefined,
    );
    expect(task).toMatchObject({ retire: { asked, by: 'restart' }, adoptedAsked: asked + 1_000 });
  });

  behaviour('the reason of a stopped task names the stop', async (world) => {
    const request = world.newRequest();
    const { taskArn } = await world.launch(request);
    expect(await world.tasks.stop(taskArn, 'stop@2026-11-23T08:00:00.000Z')).toEqual({
      stoppedReason: 'stop@2026-11-23T08:00:00.000Z',
    });
    const task = await describeUntil(world, taskArn, ({ desiredStatus }) => desiredStatus === 'STOPPED');
    expect(task).toMatchObject({
      desiredStatus: 'STOPPED',
      stoppedReason: 'stop@2026-11-23T08:00:00.000Z',
      retire: { asked, by: 'stop' },
      facts,
    });
    const list = () => world.tasks.list(world.cluster, request.startedBy, 'STOPPED');
    expect(await eventually(list, (taskArns) => taskArns.length > 0)).toEqual([taskArn]);
    expect(await world.tasks.stop(taskArn, 'stop@2026-11-23T08:00:00.000Z')).toEqual({
      stoppedReason: 'stop@2026-11-23T08:00:00.000Z',
    });
  });

  behaviour('the same launch twice gives one task', async (world) => {
    const request = world.newRequest();
    const first = await world.launch(request);
    expect((await world.launch(request)).taskArn).toBe(first.taskArn);
  });

  behaviour('a token that was used for another launch names its task', async (world) => {
    const request = world.newRequest();
    const { taskArn } = await world.launch(request);
    const other = { ...request, facts: { ...facts, launchId: 'launch-2' } };
    expect(await world.tasks.launch(other)).toEqual({ kind: 'conflict', taskArns: [taskArn] });
  });

  behaviour('a launch whose answer was lost gives one task', async (world) => {
    const request = world.newRequest();
    world.backend.plant?.({ operation: 'RunTask', fault: { kind: 'drop-after' } });
    const { taskArn } = await world.launch(request);
    const list = () => world.tasks.list(world.cluster, request.startedBy, 'RUNNING');
    expect(await eventually(list, (taskArns) => taskArns.length > 0)).toEqual([taskArn]);
  });

  behaviour('a container that the task definition does not have is refused', async (world) => {
    const launching = world.tasks.launch(world.newRequest({ containerName: 'nothing' }));
    await expect(launching).rejects.toMatchObject({
      name: 'AwsRejected',
      context: { operation: 'RunTask', awsCode: 'InvalidParameterException' },
    });
  });

  behaviour('a container that was renamed is read again', async (world) => {
    const register = (name: string) =>
      world.clients.ecs.send(
        new RegisterTaskDefinitionCommand({
          family: 'renamed',
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          cpu: '256',
          memory: '512',
          containerDefinitions: [{ name, image: 'auth' }],
        }),
      );
    await register('before');
    await world.launch(world.newRequest({ taskDefinition: 'renamed' }));
    await register('after');
    const { taskArn } = await world.launch(world.newRequest({ taskDefinition: 'renamed' }));
    expect(await overriddenContainer(world, taskArn)).toMatchObject({ name: 'after' });
  });

  behaviour('missing capacity is reported with its reason', async (world) => {
    const reason = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    world.backend.plant?.({ operation: 'RunTask', fault: { kind: 'capacity', reason } });
    const request = world.newRequest();
    const reply = { kind: 'no-capacity', reasons: [reason] };
    expect(await world.tasks.launch(request)).toEqual(reply);
    expect(await world.tasks.launch(request)).toEqual(reply);
  });

  behaviour('a launched task becomes RUNNING, and gets its address and version before that', async (world) => {
    const launched = await world.launch(world.newRequest());
    expect(launched).toMatchObject({ lastStatus: 'PROVISIONING' });
    expect(launched).not.toHaveProperty('privateIp');
    const running = await describeUntil(world, launched.taskArn, ({ lastStatus }) => lastStatus === 'RUNNING');
    expect(running).toMatchObject({ lastStatus: 'RUNNING', privateIp: expect.any(String) });
    expect(running?.version).toBeGreaterThan(launched.version);
  });

  behaviour('a stopped task ends, keeps its address and loses its tags', async (world) => {
    const { taskArn } = await world.launch(world.newRequest());
    const running = await describeUntil(world, taskArn, ({ lastStatus }) => lastStatus === 'RUNNING');
    await world.tasks.markAdopted(taskArn, { asked });
    await describeUntil(world, taskArn, ({ adoptedAsked }) => adoptedAsked !== undefined);
    await world.tasks.stop(taskArn, 'stop');
    const stopped = await describeUntil(world, taskArn, ({ lastStatus }) => lastStatus === 'STOPPED');
    expect(stopped).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      privateIp: running?.privateIp,
      containers: expect.arrayContaining([expect.objectContaining({ name: 'web', exitCode: expect.any(Number) })]),
    });
    expect(stopped).not.toHaveProperty('adoptedAsked');
  });

  behaviour('a stop of an unknown task reports that it does not exist', async (world) => {
    const { taskArn } = await world.launch(world.newRequest());
    const unknown = `${taskArn.slice(0, taskArn.lastIndexOf('/'))}/${'0'.repeat(32)}`;
    expect(await world.tasks.stop(unknown, 'stop')).toBe('not-found');
  });

  behaviour('more tasks than a page are listed and described', async (world) => {
    const { startedBy } = world.newRequest();
    const taskArns = new Set<string>();
    // Tasks whose image cannot be pulled start no process; 101 processes would be too many for a small machine.
    for (let count = 0; count < 101; count += 1) {
      const task = await world.launch(
        world.newRequest({ startedBy, taskDefinition: 'unpullable', containerName: 'web' }),
      );
      taskArns.add(task.taskArn);
    }
    const list = () => world.tasks.list(world.cluster, startedBy, 'STOPPED');
    const listed = await eventually(list, (found) => found.length === 101);
    expect(new Set(listed)).toEqual(taskArns);
    const describe = () => world.tasks.describe(world.cluster, [...taskArns]);
    const readings = await eventually(describe, ({ missing }) => missing.length === 0);
    expect(readings.tasks).toHaveLength(101);
  });

  behaviour('throttling, a server error and a missing permission are different errors', async (world) => {
    const { taskArn } = await world.launch(world.newRequest());
    const trouble = [
      ['throttle', 'AwsThrottled', 3],
      ['server-error', 'AwsUnavailable', 3],
      ['access-denied', 'AwsAccessDenied', 1],
    ] as const;
    for (const [kind, name, times] of trouble) {
      // The SDK makes three attempts if a retry may help.
      world.backend.plant?.({ operation: 'DescribeTasks', fault: { kind }, times });
      await expect(world.tasks.describe(world.cluster, [taskArn])).rejects.toMatchObject({ name });
    }
    expect(
      await eventually(
        () => world.look(taskArn),
        (task) => task !== undefined,
      ),
    ).toMatchObject({ taskArn });
  });
}
