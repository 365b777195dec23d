import { CreateSubnetCommand } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, test } from 'vitest';
import { readJson } from './json-schema.ts';
import { type Json, useMappingsWorld } from './mappings-world.ts';

// Public bug reports, cases 03, 07 and 08, through the command.

const at = useMappingsWorld(['quiet']);

beforeAll(async () => {
  const { ecs } = at.world.door.clients;
  await registerRouted('routed');
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...{ family: 'on-instances', networkMode: 'awsvpc', requiresCompatibilities: ['EC2'] },
      containerDefinitions: [{ name: 'web', image: 'engine', memory: 128, portMappings: [{ containerPort: 8080 }] }],
    }),
  );
  await ecs.send(
    new CreateClusterCommand({
      clusterName: 'instances',
      capacityProviders: ['FARGATE', 'own-instances'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'own-instances', weight: 1 }],
    }),
  );
});

async function registerRouted(family: string): Promise<void> {
  await at.world.door.clients.ecs.send(
    new RegisterTaskDefinitionCommand({
      ...{ family, networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' },
      containerDefinitions: [
        { name: 'log_router', image: 'engine', essential: true },
        { name: 'web', image: 'engine', essential: true, portMappings: [{ containerPort: 8080 }] },
      ],
      tags: Array.from('abcdefghijk', (key) => ({ key, value: '' })),
    }),
  );
}

/** The world's mappings name their container. */
const unnamed = { port: 8080, containerName: undefined };

/** The problems that `validate` finds in `quiet` with these changes, except those of the function's envelope. */
async function validate(changes: Json) {
  const path = await at.fileOf('quiet', { ...unnamed, ...changes });
  const { stdout } = await at.mappings('validate', path, '--json');
  const { problems, remarks } = readJson('mappings-validate', stdout);
  const found = problems as readonly { key: string; message: string }[];
  return {
    remarks,
    problems: found
      .filter(({ message }) => !/outside what|does not read/.test(message))
      .map(({ key, message }) => `${key}: ${message}`),
  };
}

const instances = { cluster: 'instances', taskDefinition: 'on-instances' };
const strategy = (capacityProvider: string) => ({ capacityProviderStrategy: [{ capacityProvider, weight: 1 }] });

describe('where tasks run', () => {
  test.each([
    ['a capacity provider of instances', { ...instances, ...strategy('own-instances') }],
    ['the default strategy of the cluster', { ...instances, launchType: 'CLUSTER_DEFAULT' }],
  ])('%s is valid for a task definition for EC2', async (_what, changes) => {
    expect((await validate(changes)).problems).toEqual([]);
  });

  test.each([
    [
      { ...instances, ...strategy('FARGATE') },
      'capacityProviderStrategy: on-instances:1 is compatible with EC2, not with the capacity provider FARGATE',
    ],
    [
      { ...instances, ...strategy('nosuch') },
      'capacityProviderStrategy: the capacity provider nosuch is not associated with the cluster instances',
    ],
    [
      { ...instances, launchType: 'CLUSTER_DEFAULT', platformVersion: '1.4.0' },
      'platformVersion: is for Fargate only, but the task runs on the capacity provider own-instances (the default of instances)',
    ],
    [
      { taskDefinition: 'on-instances', launchType: 'CLUSTER_DEFAULT', platformVersion: '1.4.0' },
      'platformVersion: is for Fargate only, but the task runs on EC2 (the cluster auth-cluster has no default capacity provider strategy)',
    ],
  ])('%j is refused', async (changes, problem) => {
    expect((await validate(changes)).problems).toEqual([problem]);
  });
});

describe('the container that gets the environment', () => {
  const sentence = 'the environment goes to the container web: it exposes port 8080';

  test('is named by validate and by put', async () => {
    expect((await validate({ taskDefinition: 'routed' })).remarks).toContain(`quiet: ${sentence}.`);
    // The function may run only the service's own family.
    await registerRouted('quiet-task');
    const put = await at.mappings('put', await at.fileOf('quiet', unnamed), '--dry-run');
    expect([put.exitCode, put.stderr]).toEqual([0, expect.stringContaining(`quiet: ${sentence}.`)]);
  });

  test('is not reported if the mapping names it', async () => {
    const { remarks } = await validate({ taskDefinition: 'routed', containerName: 'web' });
    expect(JSON.stringify(remarks)).not.toContain('the environment goes to');
  });

  test('is named by doctor', async () => {
    const { document } = await at.stored('quiet');
    await at.overwrite('quiet', { ...document, ...unnamed, taskDefinition: 'routed' });
    const { stdout } = await at.engines('doctor', 'quiet', '--json');
    await at.overwrite('quiet', document);
    const links = readJson('doctor', stdout).links as readonly { id: string; summary: string }[];
    expect(links.find(({ id }) => id === 'task-definition')?.summary).toBe(`routed:1, awsvpc, port 8080; ${sentence}`);
  });
});

test('propagated tags of the task definition count, and ECS Exec needs a task role', async () => {
  expect((await validate({ taskDefinition: 'routed', propagateTags: 'TASK_DEFINITION' })).problems).toEqual([
    'propagateTags: a task can have 10 tags, but there are 11 including those of routed:1',
  ]);
  expect((await validate({ taskDefinition: 'routed', enableExecuteCommand: true })).problems).toEqual([
    'enableExecuteCommand: routed:1 has no task role, which ECS Exec requires',
  ]);
  expect((await validate({ propagateTags: 'SERVICE' })).problems).toEqual([
    'propagateTags: expected one of TASK_DEFINITION, NONE, got the string "SERVICE"',
  ]);
});

test('subnets without an address that the target group accepts are refused before a task is launched', async () => {
  const input = { VpcId: 'vpc-sandbox', Ipv6CidrBlock: '2001:db8:0:1::/64', Ipv6Native: true };
  const { Subnet } = await at.world.door.clients.ec2.send(new CreateSubnetCommand(input));
  expect((await validate({ subnets: [Subnet?.SubnetId] })).problems).toEqual([
    `subnets: the target group quiet-tg takes IPv4 addresses only, but a task in ${Subnet?.SubnetId} has none`,
  ]);
});
