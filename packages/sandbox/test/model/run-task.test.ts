import { expect, test } from 'vitest';
import { createEcsWorld, network, runInput } from './ecs-world.ts';

test('the reply contains a provisioning task', async () => {
  const world = await createEcsWorld();
  const overrides = { containerOverrides: [{ name: 'app', environment: [{ name: 'A', value: '1' }] }] };
  const tags = [{ key: 'service', value: 'auth' }];
  const reply = await world.call('RunTask', { ...runInput, startedBy: 'start-engines/dev/auth', overrides, tags });

  const [task] = reply.tasks as Record<string, unknown>[];
  expect(task).toMatchObject({
    taskArn: expect.stringMatching(/^arn:aws:ecs:us-east-2:123456789012:task\/main\/[0-9a-f]{32}$/),
    clusterArn: 'arn:aws:ecs:us-east-2:123456789012:cluster/main',
    taskDefinitionArn: 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth:1',
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 1,
    createdAt: new Date('2026-01-01T00:00:00Z'),
    startedBy: 'start-engines/dev/auth',
    group: 'family:auth',
    launchType: 'FARGATE',
    overrides,
    tags,
    attachments: [
      { type: 'ElasticNetworkInterface', status: 'PRECREATED', details: [{ name: 'subnetId', value: 'subnet-a' }] },
    ],
    containers: [{ name: 'app', lastStatus: 'PENDING', networkInterfaces: [] }],
  });
  expect(reply.failures).toEqual([]);
});

const refusals: readonly [string, Record<string, unknown>, string, string][] = [
  ['an unknown cluster', { cluster: 'other' }, 'ClusterNotFoundException', 'Cluster not found.'],
  ['an unknown task definition', { taskDefinition: 'nosuch' }, 'ClientException', 'TaskDefinition not found.'],
  ['an unknown revision', { taskDefinition: 'auth:2' }, 'ClientException', 'TaskDefinition not found.'],
  ['no task definition', { taskDefinition: undefined }, 'ClientException', 'TaskDefinition can not be blank.'],
  [
    'no network',
    { networkConfiguration: undefined },
    'InvalidParameterException',
    "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  ],
  [
    '17 subnets',
    { networkConfiguration: { awsvpcConfiguration: { subnets: Array.from({ length: 17 }, () => 'subnet-a') } } },
    'InvalidParameterException',
    'subnets can have at most 16 items.',
  ],
  [
    '6 security groups',
    {
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: Array.from({ length: 6 }, () => 'sg-a') },
      },
    },
    'InvalidParameterException',
    'securityGroups can have at most 5 items.',
  ],
  [
    'an unknown subnet',
    { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-missing'] } } },
    'InvalidParameterException',
    "Error retrieving subnet information for [subnet-missing]: The subnet ID 'subnet-missing' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
  ],
  ['a count of 0', { count: 0 }, 'InvalidParameterException', 'count must be from 1 to 10.'],
  ['a count of 11', { count: 11 }, 'InvalidParameterException', 'count must be from 1 to 10.'],
  [
    'both a launch type and a strategy',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
    'InvalidParameterException',
    'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
  ],
  [
    'FARGATE_SPOT as a launch type',
    { launchType: 'FARGATE_SPOT' },
    'InvalidParameterException',
    'launchType should be one of [EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES].',
  ],
  [
    'neither a launch type nor a strategy',
    { launchType: undefined },
    'InvalidParameterException',
    'No Container Instances were found in your cluster.',
  ],
  [
    'a startedBy with a colon',
    { startedBy: 'start-engines:auth' },
    'InvalidParameterException',
    'startedBy may have up to 128 letters, digits, hyphens, underscores and forward slashes.',
  ],
  [
    'a startedBy of 129 characters',
    { startedBy: 'a'.repeat(129) },
    'InvalidParameterException',
    'startedBy may have up to 128 letters, digits, hyphens, underscores and forward slashes.',
  ],
  [
    'an override for an unknown container',
    { overrides: { containerOverrides: [{ name: 'web' }] } },
    'InvalidParameterException',
    'Override for container named web is not a container in the TaskDefinition.',
  ],
  [
    'overrides that are too long',
    { overrides: { containerOverrides: [{ name: 'app', environment: [{ name: 'A', value: 'x'.repeat(8192) }] }] } },
    'InvalidParameterException',
    'Container Overrides length must be at most 8192.',
  ],
  [
    '51 tags',
    { tags: Array.from({ length: 51 }, (_, index) => ({ key: `k${index}`, value: '' })) },
    'InvalidParameterException',
    'Tags can not have more than 50 entries.',
  ],
  [
    'a tag with a comma',
    { tags: [{ key: 'facts', value: 'a,b' }] },
    'InvalidParameterException',
    'The tag facts has a character that is not allowed: letters, digits, spaces and + - = . _ : / @ are.',
  ],
  [
    'a tag value of 257 characters',
    { tags: [{ key: 'facts', value: 'x'.repeat(257) }] },
    'InvalidParameterException',
    'The value of the tag facts is longer than 256 characters.',
  ],
  [
    'a tag key of AWS',
    { tags: [{ key: 'aws:ecs', value: '' }] },
    'InvalidParameterException',
    'Tag keys that begin with aws: are reserved.',
  ],
  [
    'propagateTags SERVICE',
    { propagateTags: 'SERVICE' },
    'InvalidParameterException',
    'propagateTags can not be SERVICE when a task is run.',
  ],
  [
    'a count that is a string',
    { count: '2' },
    'SerializationException',
    'The value of count can not be converted to an Integer',
  ],
];

test.each(refusals)('rejects %s', async (_what, input, code, message) => {
  const world = await createEcsWorld();
  await expect(world.call('RunTask', { ...runInput, ...input })).rejects.toMatchObject({ code, message });
  expect(world.model.admin.counts().tasksCreated).toBe(0);
});

test('runs on Spot with a strategy of the cluster’s providers', async () => {
  const world = await createEcsWorld();
  const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
  const task = await world.run({ launchType: undefined, capacityProviderStrategy: strategy });
  expect(task).toMatchObject({ launchType: 'FARGATE', capacityProviderName: 'FARGATE_SPOT' });

  await world.call('CreateCluster', { clusterName: 'plain' });
  const refused = world.run({ cluster: 'plain', launchType: undefined, capacityProviderStrategy: strategy });
  await expect(refused).rejects.toMatchObject({ code: 'InvalidParameterException' });
});

test('a family means its latest active revision', async () => {
  const world = await createEcsWorld();
  const definition = {
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'a:2' }],
  };
  await world.call('RegisterTaskDefinition', { family: 'auth', ...definition });
  expect((await world.run()).taskDefinitionArn).toMatch(/task-definition\/auth:2$/);

  await world.call('DeregisterTaskDefinition', { taskDefinition: 'auth:2' });
  expect((await world.run()).taskDefinitionArn).toMatch(/task-definition\/auth:1$/);
  await expect(world.run({ taskDefinition: 'auth:2' })).rejects.toMatchObject({
    code: 'ClientException',
    message: 'TaskDefinition is inactive',
  });
});

test('without capacity it returns failures and launches nothing', async () => {
  const world = await createEcsWorld();
  world.model.admin.exhaustCapacity(undefined, { calls: 1 });
  const reply = await world.call('RunTask', { ...runInput, clientToken: 'one' });

  const failures = [
    { reason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone' },
  ];
  expect(reply).toEqual({ tasks: [], failures });
  expect(await world.call('RunTask', { ...runInput, clientToken: 'one' })).toEqual({ tasks: [], failures });
  expect((await world.run({ clientToken: 'two' })).lastStatus).toBe('PROVISIONING');
});

test('another attachment can precede the network interface', async () => {
  const world = await createEcsWorld();
  world.model.admin.setVolumeAttachmentFirst(true);
  const { attachments } = await world.run({ networkConfiguration: network });
  expect(attachments.map(({ type }) => type)).toEqual(['AmazonElasticBlockStorage', 'ElasticNetworkInterface']);
});

test('chooses a provider by weight, and propagates the tags of the task definition on request', async () => {
  const world = await createEcsWorld();
  await world.call('RegisterTaskDefinition', {
    family: 'tagged',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'a:1' }],
    tags: [
      { key: 'team', value: 'blue' },
      { key: 'kind', value: 'web' },
    ],
  });
  const reply = await world.call('RunTask', {
    ...runInput,
    taskDefinition: 'tagged',
    launchType: undefined,
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ],
    count: 10,
    tags: [{ key: 'kind', value: 'job' }],
    propagateTags: 'TASK_DEFINITION',
  });

  const tasks = reply.tasks as { capacityProviderName: string; tags: unknown }[];
  expect(new Set(tasks.map((task) => task.capacityProviderName))).toEqual(new Set(['FARGATE', 'FARGATE_SPOT']));
  expect(tasks[0]?.tags).toEqual([
    { key: 'team', value: 'blue' },
    { key: 'kind', value: 'job' },
  ]);
});
