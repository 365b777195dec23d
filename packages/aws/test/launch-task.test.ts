import { encodeLaunchFacts } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { startCannedAws } from './canned-aws.ts';
import { facts, launchRequest, rejected, runner, taskArn, unnamedRequest } from './launch-request.ts';

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
