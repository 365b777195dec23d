import type { TaskRunner } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { createEcsTaskRunner } from '../src/index.ts';
import { type CannedAws, startCannedAws } from './canned-aws.ts';
import { clock, launchKeys, launchRequest } from './launch-request.ts';

const taskArn = 'arn:aws:ecs:us-east-2:123456789012:task/engines/1';

function runner(aws: CannedAws) {
  return createEcsTaskRunner({ client: aws.clients.ecs, clock, launchKeys });
}

function rejected(type: string, message: string) {
  return { status: 400, json: { __type: type, message } };
}

describe('reading tasks', () => {
  const arns = (count: number) => Array.from({ length: count }, (_, index) => `${taskArn}-${index}`);

  test('R27: tasks are described a hundred at a time, with their tags', async () => {
    await using aws = await startCannedAws(({ input }) => ({
      json: { tasks: (input.tasks as string[]).map((arn) => ({ taskArn: arn })), failures: [] },
    }));
    const readings = await runner(aws).describe('engines', arns(205));
    expect(readings.tasks.map((task) => task.taskArn)).toEqual(arns(205));
    expect(readings.missing).toEqual([]);
    expect(aws.calls.map(({ input }) => [(input.tasks as string[]).length, input.include, input.cluster])).toEqual([
      [100, ['TAGS'], 'engines'],
      [100, ['TAGS'], 'engines'],
      [5, ['TAGS'], 'engines'],
    ]);
  });

  test('no call is made for an empty list of tasks', async () => {
    await using aws = await startCannedAws(() => ({ json: {} }));
    expect(await runner(aws).describe('engines', [])).toEqual({ tasks: [], missing: [] });
    expect(aws.calls).toEqual([]);
  });

  test('R5: a task that ECS does not know is missing, not an error', async () => {
    const [first = '', second = ''] = arns(2);
    await using aws = await startCannedAws(() => ({
      json: { tasks: [{ taskArn: first }], failures: [{ arn: second, reason: 'MISSING' }] },
    }));
    const readings = await runner(aws).describe('engines', [first, second]);
    expect(readings.tasks.map((task) => task.taskArn)).toEqual([first]);
    expect(readings.missing).toEqual([second]);
  });

  test('any other failure to describe a task is an error', async () => {
    await using aws = await startCannedAws(() => ({
      json: { tasks: [], failures: [{ arn: taskArn, reason: 'ODD', detail: 'who knows' }] },
    }));
    await expect(runner(aws).describe('engines', [taskArn])).rejects.toMatchObject({
      name: 'AwsRejected',
      message: `ECS DescribeTasks: ODD (${taskArn}: who knows)`,
      context: { service: 'ECS', operation: 'DescribeTasks', cluster: 'engines', awsCode: 'ODD' },
    });
  });

  test.each([
    ['AwsUnavailable', 'InternalError'],
    ['AwsThrottled', 'Throttling'],
  ])('a transient failure is %s, so that the tasks are read again: %s', async (code, reason) => {
    await using aws = await startCannedAws(() => ({ json: { tasks: [], failures: [{ arn: taskArn, reason }] } }));
    await expect(runner(aws).describe('engines', [taskArn])).rejects.toMatchObject({ code });
  });

  test('R27: all pages are listed, with the owner as the only filter', async () => {
    const pages = [
      { taskArns: arns(1), nextToken: 'page-2' },
      { taskArns: [], nextToken: 'page-3' },
      { taskArns: ['last'] },
    ];
    await using aws = await startCannedAws((_call, index) => ({ json: pages[index] }));
    const listed = await runner(aws).list('engines', 'start-engines/dev/auth', 'STOPPED');
    expect(listed).toEqual([...arns(1), 'last']);
    const filter = { cluster: 'engines', startedBy: 'start-engines/dev/auth', desiredStatus: 'STOPPED' };
    expect(aws.calls.map(({ input }) => input)).toEqual([
      filter,
      { ...filter, nextToken: 'page-2' },
      { ...filter, nextToken: 'page-3' },
    ]);
  });

  test('a whole cluster is listed with the tasks of all owners', async () => {
    await using aws = await startCannedAws(() => ({ json: { taskArns: [taskArn] } }));
    expect(await runner(aws).listCluster('engines', 'RUNNING')).toEqual([taskArn]);
    expect(aws.calls.map(({ input }) => input)).toEqual([{ cluster: 'engines', desiredStatus: 'RUNNING' }]);
  });
});

describe('the error of a refused call contains the call and its subject', () => {
  const mark = { asked: 0, by: 'stop' } as const;
  const { containerName: _, ...unnamedRequest } = launchRequest;
  const table: readonly (readonly [string, Record<string, string>, (tasks: TaskRunner) => Promise<unknown>])[] = [
    ['DescribeTaskDefinition', { taskDefinition: 'auth' }, (tasks) => tasks.launch(unnamedRequest)],
    ['RunTask', { cluster: 'engines', taskDefinition: 'auth' }, (tasks) => tasks.launch(launchRequest)],
    ['DescribeTasks', { cluster: 'engines' }, (tasks) => tasks.describe('engines', [taskArn])],
    ['ListTasks', { cluster: 'engines' }, (tasks) => tasks.listCluster('engines', 'RUNNING')],
    ['StopTask', { taskArn }, (tasks) => tasks.stop(taskArn, 'stop')],
    ['TagResource', { taskArn }, (tasks) => tasks.markRetiring(taskArn, mark)],
    ['TagResource', { taskArn }, (tasks) => tasks.markAdopted(taskArn, { asked: 0 })],
    ['DescribeTaskDefinition', { taskDefinition: 'auth:3' }, (tasks) => tasks.essentialContainers('auth:3')],
  ];

  test.each(table)('%s of %j', async (operation, about, act) => {
    await using aws = await startCannedAws(() => rejected('ServerException', 'no'));
    await expect(act(runner(aws))).rejects.toMatchObject({
      name: 'AwsUnavailable',
      message: `ECS ${operation}: ServerException: no`,
      context: { service: 'ECS', operation, ...about },
    });
  });
});

test('a container is essential by default', async () => {
  const containerDefinitions = [
    { name: 'init', essential: false },
    { name: 'app', essential: true },
    { name: 'proxy' },
  ];
  await using aws = await startCannedAws(() => ({ json: { taskDefinition: { containerDefinitions } } }));
  expect(await runner(aws).essentialContainers('auth:3')).toEqual(new Set(['app', 'proxy']));
});

describe('stopping and marking', () => {
  test("a task is stopped in the cluster that its ARN names, with the operation's reason", async () => {
    await using aws = await startCannedAws(() => ({ json: { task: { taskArn } } }));
    expect(await runner(aws).stop(taskArn, 'stop@2026-11-23T08:00:00.000Z')).toEqual({
      stoppedReason: 'stop@2026-11-23T08:00:00.000Z',
    });
    expect(aws.calls).toEqual([
      { operation: 'StopTask', input: { cluster: 'engines', task: taskArn, reason: 'stop@2026-11-23T08:00:00.000Z' } },
    ]);
  });

  test('a task that ECS does not know is not found', async () => {
    await using aws = await startCannedAws(() =>
      rejected('InvalidParameterException', 'The referenced task was not found.'),
    );
    expect(await runner(aws).stop(taskArn, 'stop')).toBe('not-found');
  });

  test('R31: any other refusal to stop is an error', async () => {
    await using aws = await startCannedAws(() => rejected('InvalidParameterException', 'Something else.'));
    await expect(runner(aws).stop(taskArn, 'stop')).rejects.toMatchObject({
      name: 'AwsRejected',
      context: { service: 'ECS', operation: 'StopTask', taskArn, awsCode: 'InvalidParameterException' },
    });
  });

  test('an ARN of the old format is refused, because ECS would look in the wrong cluster', async () => {
    await using aws = await startCannedAws(() => ({ json: {} }));
    const stopping = runner(aws).stop('arn:aws:ecs:us-east-2:123456789012:task/1', 'stop');
    await expect(stopping).rejects.toMatchObject({ name: 'AwsRejected' });
    expect(aws.calls).toEqual([]);
  });

  test('marks are tags that core can read', async () => {
    await using aws = await startCannedAws(() => ({ json: {} }));
    const asked = Date.UTC(2026, 10, 23, 8);
    expect(await runner(aws).markRetiring(taskArn, { asked, by: 'restart' })).toBe('marked');
    expect(await runner(aws).markAdopted(taskArn, { asked })).toBe('marked');
    expect(aws.calls).toEqual([
      {
        operation: 'TagResource',
        input: {
          resourceArn: taskArn,
          tags: [{ key: 'start-engines:retire.0', value: '2026-11-23T08:00:00.000Z/restart' }],
        },
      },
      {
        operation: 'TagResource',
        input: { resourceArn: taskArn, tags: [{ key: 'start-engines:asked.0', value: '2026-11-23T08:00:00.000Z' }] },
      },
    ]);
  });

  test.each([
    ['InvalidParameterException', 'A resource can not have more than 50 tags.'],
    ['InvalidParameterException', 'The number of tags exceeds the limit.'],
    ['LimitExceededException', 'Maximum number of tags reached.'],
    ['TooManyTagsException', 'no'],
  ])('a task without room for a tag cannot be marked: %s, %s', async (code, message) => {
    await using aws = await startCannedAws(() => rejected(code, message));
    expect(await runner(aws).markRetiring(taskArn, { asked: 0, by: 'stop' })).toBe('full');
  });

  test('another refusal of a mark is an error', async () => {
    await using aws = await startCannedAws(() => rejected('InvalidParameterException', 'The tag key is not valid.'));
    await expect(runner(aws).markRetiring(taskArn, { asked: 0, by: 'stop' })).rejects.toMatchObject({
      name: 'AwsRejected',
    });
  });
});
