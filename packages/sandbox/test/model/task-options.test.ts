import { describe, expect, test } from 'vitest';
import type { Task } from '../../src/model/ecs/task.ts';
import { createEcsWorld, type EcsWorld, runInput } from './ecs-world.ts';

/** Registers a task definition like `auth` under another family. */
async function register(world: EcsWorld, family: string, more: object): Promise<void> {
  await world.call('RegisterTaskDefinition', {
    ...{ family, networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' },
    containerDefinitions: [{ name: 'app', image: 'auth:1', portMappings: [{ containerPortRange: '8080-8090' }] }],
    ...more,
  });
}

const refusal = (message: string, code = 'InvalidParameterException') => ({ code, message });

describe('tags', () => {
  test('ECS managed tags contain the cluster, and do not count against the limit', async () => {
    const world = await createEcsWorld();
    const tags = Array.from({ length: 50 }, (_, index) => ({ key: `tag-${index}`, value: '' }));
    const { taskArn } = await world.run({ tags, enableECSManagedTags: true });
    const described = await world.describe(taskArn, { include: ['TAGS'] });
    expect(described.tags).toHaveLength(51);
    expect(described.tags.at(-1)).toEqual({ key: 'aws:ecs:clusterName', value: 'main' });
  });

  test('propagated tags of the task definition count against the limit', async () => {
    const world = await createEcsWorld();
    await register(world, 'tagged', { tags: [{ key: 'team', value: 'engines' }] });
    const tags = Array.from({ length: 50 }, (_, index) => ({ key: `tag-${index}`, value: '' }));
    const run = (more: object) => world.call('RunTask', { ...runInput, taskDefinition: 'tagged', tags, ...more });
    await expect(run({ propagateTags: 'TASK_DEFINITION' })).rejects.toMatchObject(
      refusal('A resource can not have more than 50 tags.'),
    );
    expect(await run({ propagateTags: 'NONE' })).toMatchObject({ failures: [] });
  });

  test('a value with the prefix aws: is rejected', async () => {
    const world = await createEcsWorld();
    const run = world.run({ tags: [{ key: 'team', value: 'AWS:x' }] });
    await expect(run).rejects.toMatchObject(refusal('Tag values that begin with aws: are reserved.'));
  });
});

describe('ECS Exec', () => {
  test('needs a task role', async () => {
    const world = await createEcsWorld();
    await expect(world.run({ enableExecuteCommand: true })).rejects.toMatchObject(
      refusal(
        'The execute command failed because a valid task role is not being used. Specify a valid task role in your task definition or as a task override and try again.',
      ),
    );
  });

  test('has an agent in each container', async () => {
    const world = await createEcsWorld();
    await register(world, 'shell', { taskRoleArn: 'arn:aws:iam::123456789012:role/shell' });
    const task = await world.run({ taskDefinition: 'shell', enableExecuteCommand: true });
    expect(task).toMatchObject({
      enableExecuteCommand: true,
      containers: [{ managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'PENDING' }] }],
    });
    await world.clock.advance(5_000);
    expect((await world.describe(task.taskArn)).containers[0]?.managedAgents?.[0]?.lastStatus).toBe('RUNNING');
  });
});

describe('the platform version', () => {
  test.each([
    [undefined, '1.4.0'],
    ['LATEST', '1.4.0'],
    ['1.3.0', '1.3.0'],
  ])('%s is returned as %s', async (platformVersion, shown) => {
    const world = await createEcsWorld();
    expect(await world.run({ platformVersion })).toMatchObject({ platformVersion: shown });
  });

  test('is rejected if it does not exist', async () => {
    const world = await createEcsWorld();
    await expect(world.run({ platformVersion: '9.9.9' })).rejects.toMatchObject({ code: 'PlatformUnknownException' });
  });

  test('is for Fargate only', async () => {
    const world = await createEcsWorld();
    await expect(world.run({ launchType: 'EC2', platformVersion: 'LATEST' })).rejects.toMatchObject(
      refusal('The platform version must be null when specifying an EC2 launch type.'),
    );
  });
});

describe('capacity other than Fargate’s', () => {
  const cluster = {
    clusterName: 'own',
    capacityProviders: ['FARGATE', 'own-instances'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'own-instances', weight: 1 }],
  };

  test('the cluster’s default strategy applies if RunTask has none', async () => {
    const world = await createEcsWorld();
    await world.call('CreateCluster', cluster);
    const reply = await world.call('RunTask', { ...runInput, cluster: 'own', launchType: undefined });
    const [task] = reply.tasks as Task[];
    expect(task).toMatchObject({ launchType: 'EC2', capacityProviderName: 'own-instances' });
    expect(task).not.toHaveProperty('platformVersion');
  });

  test('a strategy cannot mix it with Fargate', async () => {
    const world = await createEcsWorld();
    await world.call('CreateCluster', cluster);
    const capacityProviderStrategy = [
      { capacityProvider: 'FARGATE', weight: 1 },
      { capacityProvider: 'own-instances' },
    ];
    const run = world.call('RunTask', { ...runInput, cluster: 'own', launchType: undefined, capacityProviderStrategy });
    await expect(run).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });
});
