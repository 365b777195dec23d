import { expect, test } from 'vitest';
import { openEngineRoom } from './engine-room.ts';

// Public bug reports, case 07.
test('the environment goes to the container with the port', async () => {
  const room = await openEngineRoom({ mapping: { taskDefinition: 'with-router', environment: { LOG_LEVEL: '' } } });
  await room.world.client('ecs', 'SET-UP').call('RegisterTaskDefinition', {
    family: 'with-router',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      { name: 'log_router', image: 'engine', essential: true },
      { name: 'web', image: 'engine', essential: true, portMappings: [{ containerPort: 8080 }] },
    ],
  });

  await room.world.finish(room.start());

  const [run] = room.world.calls.list({}).filter(({ operation }) => operation === 'RunTask');
  const environment = [{ name: 'LOG_LEVEL', value: '' }, { name: 'START_ENGINES_LAUNCH_FACTS' }];
  expect(run?.input).toMatchObject({ overrides: { containerOverrides: [{ name: 'web', environment }] } });
  expect(room.targets()).toEqual([expect.stringMatching(/:8080 /)]);
});

test('a task stays readable if its facts are in another container than a start would choose now', async () => {
  const room = await openEngineRoom({ mapping: { taskDefinition: 'moving' } });
  const register = (names: readonly string[]) =>
    room.world.client('ecs', 'SET-UP').call('RegisterTaskDefinition', {
      family: 'moving',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: names.map((name, index) => ({
        name,
        image: 'engine',
        portMappings: index === 0 ? [] : [{ containerPort: 8080 }],
      })),
    });
  await register(['web', 'old']);
  const started = await room.world.finish(room.start());
  await register(['old', 'web']);

  const again = await room.world.finish(room.start({ asked: room.world.clock.now() }, { caller: 'LAMBDA-2' }));

  expect([again.taskArn, again.reused]).toEqual([started.taskArn, true]);
  expect(room.tasks()).toEqual(['RUNNING/RUNNING']);
});

// Public bug reports: tags, other options of RunTask, and empty variables.
test('a task has its mapping’s tags, and a start’s empty variable replaces the mapping’s', async () => {
  const room = await openEngineRoom({
    mapping: {
      environment: { LEVEL: 'debug' },
      allowOverrides: { environment: ['LEVEL'] },
      launchType: 'CLUSTER_DEFAULT',
      cluster: 'instances',
      tags: { team: 'engines' },
      enableECSManagedTags: true,
    },
  });
  await room.world.client('ecs', 'SET-UP').call('CreateCluster', {
    clusterName: 'instances',
    capacityProviders: ['own-instances'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'own-instances', weight: 1 }],
  });

  const { taskArn } = await room.world.finish(room.start({ overrides: { environment: { LEVEL: '' } } }));

  const [task] = room.world.ecs.admin.tasks();
  expect(task).toMatchObject({ launchType: 'EC2', capacityProviderName: 'own-instances' });
  expect(task?.overrides.containerOverrides?.[0]?.environment?.[0]).toEqual({ name: 'LEVEL', value: '' });
  const input = { cluster: 'instances', tasks: [taskArn], include: ['TAGS'] };
  await room.world.clock.advance(10_000);
  const described = await room.world.client('ecs', 'SET-UP').call('DescribeTasks', input);
  const tags = (described.tasks as { tags: { key: string; value: string }[] }[])[0]?.tags;
  expect(tags).toEqual(
    expect.arrayContaining([
      { key: 'team', value: 'engines' },
      { key: 'aws:ecs:clusterName', value: 'instances' },
    ]),
  );
});
