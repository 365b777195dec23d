import { describe, expect, test } from 'vitest';
import { type CannedAws, startCannedAws } from './canned-aws.ts';
import { launchRequest, rejected, runner, taskArn, unnamedRequest } from './launch-request.ts';

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
