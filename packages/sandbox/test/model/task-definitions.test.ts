import { expect, test } from 'vitest';
import { createEcsWorld } from './ecs-world.ts';

const definition = {
  family: 'pdf',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '1024',
  memory: '3072',
  containerDefinitions: [{ name: 'app', image: 'registry.example/pdf:1', portMappings: [{ containerPort: 9080 }] }],
};

test('each registration is a revision, and a family means the latest', async () => {
  const world = await createEcsWorld();
  await world.call('RegisterTaskDefinition', definition);
  await world.call('RegisterTaskDefinition', { ...definition, memory: '4096' });

  const latest = await world.call('DescribeTaskDefinition', { taskDefinition: 'pdf' });
  const first = await world.call('DescribeTaskDefinition', {
    taskDefinition: 'arn:aws:ecs:us-east-2:123456789012:task-definition/pdf:1',
  });
  expect(latest.taskDefinition).toMatchObject({ family: 'pdf', revision: 2, memory: '4096', status: 'ACTIVE' });
  expect(first.taskDefinition).toMatchObject({
    revision: 1,
    memory: '3072',
    compatibilities: ['EC2', 'FARGATE'],
    containerDefinitions: [
      {
        name: 'app',
        essential: true,
        cpu: 0,
        environment: [],
        portMappings: [{ containerPort: 9080, hostPort: 9080, protocol: 'tcp' }],
      },
    ],
  });
});

const container = definition.containerDefinitions[0];

test.each([
  ['no containers', { containerDefinitions: [] }, 'Container list cannot be empty.'],
  [
    'a container without an image',
    { containerDefinitions: [{ name: 'app' }] },
    'Container.image should not be null or empty.',
  ],
  [
    'no essential container',
    { containerDefinitions: [{ ...container, essential: false }] },
    'Invalid setting for container. At least one container must be essential.',
  ],
  [
    'a stopTimeout of 121 s',
    { containerDefinitions: [{ ...container, stopTimeout: 121 }] },
    'Invalid setting for container. stopTimeout must be from 0 to 120 seconds on Fargate.',
  ],
  ['bridge networking on Fargate', { networkMode: 'bridge' }, "Fargate only supports network mode 'awsvpc'."],
  ['no CPU', { cpu: undefined }, "Fargate requires that 'cpu' be defined at the task level."],
  [
    'a size that Fargate does not have',
    { cpu: '256', memory: '4096' },
    'No Fargate configuration exists for given values: 256 CPU, 4096 memory.',
  ],
])('rejects %s', async (_what, input, message) => {
  const world = await createEcsWorld();
  await expect(world.call('RegisterTaskDefinition', { ...definition, ...input })).rejects.toMatchObject({
    code: 'ClientException',
    message,
  });
});

test('a definition for container instances does not run on Fargate', async () => {
  const world = await createEcsWorld();
  const { requiresCompatibilities: _, ...plain } = definition;
  await world.call('RegisterTaskDefinition', { ...plain, networkMode: 'bridge' });
  await expect(world.run({ taskDefinition: 'pdf' })).rejects.toMatchObject({
    message: 'Task definition does not support launch_type FARGATE.',
  });
});
