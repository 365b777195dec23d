import { encodeLaunchFacts } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { createEcsTaskRunner } from '../src/index.ts';
import { type CannedAws, startCannedAws } from './canned-aws.ts';
import { clock, facts, launchKeys, launchRequest } from './launch-request.ts';

const taskArn = 'arn:aws:ecs:us-east-2:123456789012:task/engines/1';
const { containerName: _, ...unnamedRequest } = launchRequest;

function runner(aws: CannedAws) {
  return createEcsTaskRunner({ client: aws.clients.ecs, clock, launchKeys });
}

function rejected(type: string, message: string) {
  return { status: 400, json: { __type: type, message } };
}

describe('launching', () => {
  test('one RunTask carries the request, with the environment and the launch facts in the override', async () => {
    await using aws = await startCannedAws(() => ({ json: { tasks: [{ taskArn, lastStatus: 'PROVISIONING' }] } }));
    await runner(aws).launch(launchRequest);
    expect(aws.calls).toEqual([
      {
        operation: 'RunTask',
        input: {
          cluster: 'engines',
          taskDefinition: 'auth',
          count: 1,
          startedBy: 'start-engines/dev/auth',
          clientToken: 'token-1',
          launchType: 'FARGATE',
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: ['subnet-1', 'subnet-2'],
              securityGroups: ['sg-1'],
              assignPublicIp: 'DISABLED',
            },
          },
          overrides: {
            containerOverrides: [
              {
                name: 'web',
                environment: [
                  { name: 'LEVEL', value: 'debug' },
                  {
                    name: 'START_ENGINES_LAUNCH_FACTS',
                    value: encodeLaunchFacts({ ...facts, mac: '93FvzuoIkZWOsBqAGPRONvJc6V6-SYUfV7MQ9Sjrt7A' }),
                  },
                ],
              },
            ],
          },
        },
      },
    ]);
  });

  test('a capacity-provider strategy is sent without a launch type, and missing security groups are not sent', async () => {
    await using aws = await startCannedAws(() => ({ json: { tasks: [{ taskArn }] } }));
    const capacity = { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] };
    await runner(aws).launch({ ...launchRequest, capacity, securityGroups: [] });
    expect(aws.calls[0]?.input).not.toHaveProperty('launchType');
    expect(aws.calls[0]?.input).toMatchObject({
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    });
    expect(aws.calls[0]?.input.networkConfiguration).toEqual({
      awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'], assignPublicIp: 'DISABLED' },
    });
  });

  // Public bug reports: a mapping's task options reach RunTask unchanged.
  test('the cluster’s default strategy is sent as neither launch type nor strategy', async () => {
    await using aws = await startCannedAws(() => ({ json: { tasks: [{ taskArn }] } }));
    await runner(aws).launch({ ...launchRequest, capacity: { clusterDefault: true } });
    expect(aws.calls[0]?.input).not.toHaveProperty('launchType');
    expect(aws.calls[0]?.input).not.toHaveProperty('capacityProviderStrategy');
  });

  test('tags and the other task options reach RunTask, and an empty variable stays empty', async () => {
    await using aws = await startCannedAws(() => ({ json: { tasks: [{ taskArn }] } }));
    await runner(aws).launch({
      ...launchRequest,
      environment: { EMPTY: '' },
      taskOptions: {
        tags: { team: 'engines', 'cost centre': '' },
        propagateTags: 'TASK_DEFINITION',
        enableECSManagedTags: true,
        enableExecuteCommand: false,
        platformVersion: '1.4.0',
      },
    });
    expect(aws.calls[0]?.input).toMatchObject({
      tags: [
        { key: 'team', value: 'engines' },
        { key: 'cost centre', value: '' },
      ],
      propagateTags: 'TASK_DEFINITION',
      enableECSManagedTags: true,
      enableExecuteCommand: false,
      platformVersion: '1.4.0',
      overrides: { containerOverrides: [{ environment: [{ name: 'EMPTY', value: '' }, {}] }] },
    });
  });

  test('overrides that are too long for ECS are refused with their size, before any call', async () => {
    await using aws = await startCannedAws(() => ({ json: {} }));
    const environment = { HUGE: 'secret'.repeat(1_500) };
    const launching = runner(aws).launch({ ...unnamedRequest, environment });
    await expect(launching).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringMatching(/^The task's overrides are 9\d\d\d characters of JSON, and ECS takes 8192: /),
      context: { field: 'environment', maxCharacters: 8192 },
    });
    await expect(launching).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
    expect(aws.calls).toEqual([]);
  });

  test('overrides at the limit of ECS are sent, and one more character is refused', async () => {
    await using aws = await startCannedAws(() => ({ json: { tasks: [{ taskArn }] } }));
    await runner(aws).launch({ ...launchRequest, environment: { FILL: '' } });
    const length = JSON.stringify(aws.calls[0]?.input.overrides).length;
    const fill = (characters: number) => ({ ...launchRequest, environment: { FILL: 'x'.repeat(characters) } });
    expect(await runner(aws).launch(fill(8192 - length))).toMatchObject({ kind: 'task' });
    expect(JSON.stringify(aws.calls[1]?.input.overrides)).toHaveLength(8192);
    await expect(runner(aws).launch(fill(8193 - length))).rejects.toMatchObject({
      name: 'InvalidRequest',
      context: { characters: 8193 },
    });
  });

  test('a token that was used with other parameters gives the tasks that it launched', async () => {
    await using aws = await startCannedAws(() => ({
      status: 400,
      json: { __type: 'ConflictException', message: 'in use', resourceIds: [taskArn] },
    }));
    expect(await runner(aws).launch(launchRequest)).toEqual({ kind: 'conflict', taskArns: [taskArn] });
  });

  test('failures without a task are a lack of capacity, with all reasons', async () => {
    await using aws = await startCannedAws(() => ({
      json: {
        tasks: [],
        failures: [
          {
            reason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone',
          },
          { arn: 'arn:instance/1', reason: 'RESOURCE:MEMORY', detail: 'too small' },
          { reason: 'AGENT' },
        ],
      },
    }));
    expect(await runner(aws).launch(launchRequest)).toEqual({
      kind: 'no-capacity',
      reasons: [
        'Capacity is unavailable at this time. Please try again later or in a different availability zone',
        'RESOURCE:MEMORY (arn:instance/1: too small)',
        'AGENT',
      ],
    });
  });

  test('a lack of capacity that ECS throws is recognised, and leaves the token unused', async () => {
    await using aws = await startCannedAws(() =>
      rejected('com.amazonaws.ecs#ClientException', 'Tasks provisioning capacity limit exceeded.'),
    );
    expect(await runner(aws).launch(launchRequest)).toEqual({
      kind: 'no-capacity',
      reasons: ['ECS RunTask: ClientException: Tasks provisioning capacity limit exceeded.'],
      tokenUnused: true,
    });
  });

  test('an answer with neither a task nor a failure is an error', async () => {
    await using aws = await startCannedAws(() => ({ json: { tasks: [], failures: [] } }));
    await expect(runner(aws).launch(launchRequest)).rejects.toMatchObject({ name: 'AwsUnavailable' });
  });

  test("EC2's throttle inside an InvalidParameterException is a throttle", async () => {
    await using aws = await startCannedAws(() =>
      rejected('InvalidParameterException', 'Error retrieving subnet information: (ErrorCode: RequestLimitExceeded)'),
    );
    await expect(runner(aws).launch(launchRequest)).rejects.toMatchObject({
      name: 'AwsThrottled',
      context: {
        service: 'ECS',
        operation: 'RunTask',
        cluster: 'engines',
        taskDefinition: 'auth',
        awsCode: 'InvalidParameterException',
        requestId: 'request-1',
        httpStatus: 400,
      },
    });
  });

  test('a replayed task with an incomplete description has the owner of the token', async () => {
    await using aws = await startCannedAws(() => ({
      json: { tasks: [{ taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }], failures: [] },
    }));
    expect(await runner(aws).launch(launchRequest)).toEqual({
      kind: 'task',
      task: {
        taskArn,
        clusterArn: 'arn:aws:ecs:us-east-2:123456789012:cluster/engines',
        taskDefinitionArn: '',
        startedBy: 'start-engines/dev/auth',
        lastStatus: 'STOPPED',
        desiredStatus: 'STOPPED',
        version: 0,
        createdAt: 0,
        containers: [],
        factsProblem: { kind: 'missing' },
      },
    });
  });
});

describe('the container of a mapping without containerName', () => {
  const definition = (...names: readonly string[]) => ({
    json: {
      taskDefinition: {
        containerDefinitions: [
          { name: 'sidecar', essential: false },
          ...names.map((name) => ({ name })),
          { name: 'last', essential: true },
        ],
      },
    },
  });
  const refusal = rejected(
    'InvalidParameterException',
    'Override for container named web is not a container in the TaskDefinition.',
  );
  const overridden = (aws: CannedAws) =>
    aws.calls.map(({ operation, input }) => {
      const overrides = input.overrides as { containerOverrides: { name: string }[] } | undefined;
      return [operation, overrides?.containerOverrides[0]?.name ?? input.taskDefinition];
    });

  test("is the task definition's first essential container if none exposes the port, and is read once for each task definition", async () => {
    await using aws = await startCannedAws(({ operation }) =>
      operation === 'RunTask' ? { json: { tasks: [{ taskArn }] } } : definition('web'),
    );
    const tasks = runner(aws);
    await tasks.launch(unnamedRequest);
    await tasks.launch(unnamedRequest);
    await tasks.launch({ ...unnamedRequest, taskDefinition: 'pdf' });
    expect(overridden(aws)).toEqual([
      ['DescribeTaskDefinition', 'auth'],
      ['RunTask', 'web'],
      ['RunTask', 'web'],
      ['DescribeTaskDefinition', 'pdf'],
      ['RunTask', 'web'],
    ]);
  });

  // Public bug reports, case 07: the environment went to the sidecar.
  test.each([
    ['a container port', { containerPort: 8080 }],
    ['a host port', { hostPort: 8080 }],
    ['a range of container ports', { containerPortRange: '8000-8100' }],
  ])('is the one that exposes the port by %s', async (_by, mapping) => {
    const containerDefinitions = [
      { name: 'log_router', portMappings: [{ containerPort: 8080, protocol: 'udp' }, { containerPortRange: 'none' }] },
      { name: 'web', essential: false, portMappings: [{ containerPort: 80, hostPort: 0 }, mapping] },
    ];
    await using aws = await startCannedAws(({ operation }) => ({
      json: operation === 'RunTask' ? { tasks: [{ taskArn }] } : { taskDefinition: { containerDefinitions } },
    }));
    await runner(aws).launch(unnamedRequest);
    expect(overridden(aws)[1]).toEqual(['RunTask', 'web']);
    await runner(aws).launch({ ...unnamedRequest, ports: [9090] });
    expect(overridden(aws)[3]).toEqual(['RunTask', 'log_router']);
  });

  test('is read again after a launch from another revision', async () => {
    const revision = (number: number) => `arn:aws:ecs:us-east-2:123456789012:task-definition/auth:${number}`;
    const read = (number: number, name: string) => ({
      json: { taskDefinition: { taskDefinitionArn: revision(number), containerDefinitions: [{ name }] } },
    });
    const ran = (number: number) => ({ json: { tasks: [{ taskArn, taskDefinitionArn: revision(number) }] } });
    const replies = [read(1, 'web'), ran(1), ran(2), read(2, 'server'), ran(2)];
    await using aws = await startCannedAws((_call, index) => replies[index] ?? ran(2));
    const tasks = runner(aws);
    for (let starts = 0; starts < 4; starts += 1) await tasks.launch(unnamedRequest);
    expect(overridden(aws)).toEqual([
      ['DescribeTaskDefinition', 'auth'],
      ['RunTask', 'web'],
      ['RunTask', 'web'],
      ['DescribeTaskDefinition', 'auth'],
      ['RunTask', 'server'],
      ['RunTask', 'server'],
    ]);
  });

  test('is read again if ECS refuses the name', async () => {
    const replies = [definition('web'), refusal, definition('server'), { json: { tasks: [{ taskArn }] } }];
    await using aws = await startCannedAws((_call, index) => replies[index] ?? { json: { tasks: [{ taskArn }] } });
    const tasks = runner(aws);
    expect(await tasks.launch(unnamedRequest)).toMatchObject({ kind: 'task' });
    await tasks.launch(unnamedRequest);
    expect(overridden(aws)).toEqual([
      ['DescribeTaskDefinition', 'auth'],
      ['RunTask', 'web'],
      ['DescribeTaskDefinition', 'auth'],
      ['RunTask', 'server'],
      ['RunTask', 'server'],
    ]);
  });

  test('causes no second launch with the name that ECS has just refused', async () => {
    await using aws = await startCannedAws(({ operation }) => (operation === 'RunTask' ? refusal : definition('web')));
    await expect(runner(aws).launch(unnamedRequest)).rejects.toMatchObject({ name: 'AwsRejected' });
    expect(aws.calls.map(({ operation }) => operation)).toEqual([
      'DescribeTaskDefinition',
      'RunTask',
      'DescribeTaskDefinition',
    ]);
  });

  test('is not read again after any other refusal', async () => {
    await using aws = await startCannedAws(({ operation }) =>
      operation === 'RunTask' ? rejected('InvalidParameterException', 'No such subnet.') : definition('web'),
    );
    await expect(runner(aws).launch(unnamedRequest)).rejects.toMatchObject({ name: 'AwsRejected' });
    expect(aws.calls.map(({ operation }) => operation)).toEqual(['DescribeTaskDefinition', 'RunTask']);
  });

  test('is not cached if it could not be read', async () => {
    const replies = [rejected('ThrottlingException', 'Rate exceeded'), definition('web')];
    await using aws = await startCannedAws((_call, index) => replies[index] ?? { json: { tasks: [{ taskArn }] } });
    const tasks = runner(aws);
    await expect(tasks.launch(unnamedRequest)).rejects.toMatchObject({ name: 'AwsThrottled' });
    expect(await tasks.launch(unnamedRequest)).toMatchObject({ kind: 'task' });
  });

  test('is an error if no container is essential', async () => {
    await using aws = await startCannedAws(() => ({
      json: { taskDefinition: { containerDefinitions: [{ name: 'sidecar', essential: false }] } },
    }));
    await expect(runner(aws).launch(unnamedRequest)).rejects.toMatchObject({
      name: 'AwsRejected',
      message: 'The task definition auth has no essential container.',
    });
  });

  test('is not read if the mapping names a container, even a wrong one', async () => {
    await using aws = await startCannedAws(() => refusal);
    await expect(runner(aws).launch(launchRequest)).rejects.toMatchObject({ name: 'AwsRejected' });
    expect(aws.calls.map(({ operation }) => operation)).toEqual(['RunTask']);
  });
});
