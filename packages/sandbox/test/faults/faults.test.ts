import { DescribeTasksCommand, ECSClient, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/faults.ts';
import { openTestApi, type TestApi } from '../wire/test-api.ts';

let api: TestApi;
let launches: number;
let status: string;

beforeEach(async () => {
  launches = 0;
  status = 'RUNNING';
  api = await openTestApi({
    ecs: {
      RunTask: () => {
        launches += 1;
        return { tasks: [{ taskArn: 'arn:task' }], failures: [] };
      },
      StopTask: () => ({}),
      DescribeTasks: ({ tasks }) => ({
        tasks: (tasks as string[]).map((taskArn) => ({ taskArn, lastStatus: status })),
        failures: [],
      }),
    },
    ssm: { GetParameter: () => ({}) },
    events: { PutEvents: () => ({ FailedEntryCount: 0, Entries: [] }) },
    elasticloadbalancing: { DescribeTargetHealth: () => ({ TargetHealthDescriptions: [] }) },
    lambda: { Invoke: () => ({ StatusCode: 200 }) },
  });
});

afterEach(() => api[Symbol.asyncDispose]());

const ecs = () => new ECSClient(api.client);
const runTask = (client = ecs()) => client.send(new RunTaskCommand({ taskDefinition: 'auth', cluster: 'dev' }));
const calls = {
  ecs: () => ecs().send(new StopTaskCommand({ task: 'arn:task' })),
  elasticloadbalancing: () =>
    new ElasticLoadBalancingV2Client(api.client).send(new DescribeTargetHealthCommand({ TargetGroupArn: 'arn' })),
  events: () => new EventBridgeClient(api.client).send(new PutEventsCommand({ Entries: [{}] })),
  lambda: () => new LambdaClient(api.client).send(new InvokeCommand({ FunctionName: 'starter' })),
  ssm: () => new SSMClient(api.client).send(new GetParameterCommand({ Name: 'a' })),
};

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error & { $metadata?: { httpStatusCode?: number } }) =>
      `${error.$metadata?.httpStatusCode ?? '-'} ${error.name}`,
  );

describe('each service has its own error', () => {
  test.each<[keyof typeof calls, Fault['kind'], string]>([
    ['ecs', 'throttle', '400 ThrottlingException'],
    ['ecs', 'server-error', '500 ServerException'],
    ['ecs', 'access-denied', '400 AccessDeniedException'],
    ['ssm', 'throttle', '400 ThrottlingException'],
    ['ssm', 'server-error', '500 InternalServerError'],
    ['ssm', 'access-denied', '400 AccessDeniedException'],
    ['events', 'throttle', '400 ThrottlingException'],
    ['events', 'server-error', '500 InternalException'],
    ['elasticloadbalancing', 'throttle', '400 Throttling'],
    ['elasticloadbalancing', 'server-error', '500 InternalFailure'],
    ['elasticloadbalancing', 'access-denied', '403 AccessDenied'],
    ['lambda', 'throttle', '429 TooManyRequestsException'],
    ['lambda', 'server-error', '500 ServiceException'],
    ['lambda', 'access-denied', '403 AccessDeniedException'],
  ])('%s: %s is %s', async (service, kind, expected) => {
    const planted = api.faults.plant({ service, fault: { kind } as Fault });
    expect(await failure(calls[service]())).toBe(expected);
    expect(planted.consumed).toBe(1);
    expect(await failure(calls[service]())).toBe('no error');
    expect(api.log.list().map(({ fault }) => fault)).toEqual([kind, undefined]);
  });
});

describe('a fault affects', () => {
  const throttle = { kind: 'throttle' } as const;
  const results = async (count: number) => {
    const seen: boolean[] = [];
    for (let call = 0; call < count; call += 1) seen.push((await failure(runTask())) === 'no error');
    return seen;
  };

  test('only the third call', async () => {
    api.faults.plant({ service: 'ecs', operation: 'RunTask', fault: throttle, nth: 3 });
    expect(await results(4)).toEqual([true, true, false, true]);
  });

  test('the given number of calls', async () => {
    const planted = api.faults.plant({ operation: 'RunTask', fault: throttle, times: 2 });
    expect(await results(3)).toEqual([false, false, true]);
    expect(planted.consumed).toBe(2);
  });

  test('no call of another operation, with another input or by another caller', async () => {
    const planted = [
      api.faults.plant({ operation: 'StopTask', fault: throttle }),
      api.faults.plant({ input: { cluster: 'prod' }, fault: throttle }),
      api.faults.plant({ caller: 'SANDBOXLAMBDA1', fault: throttle }),
      api.faults.plant({ matches: (input) => input.count === 2, fault: throttle }),
    ];
    expect(await results(1)).toEqual([true]);
    expect(planted.map(({ consumed }) => consumed)).toEqual([0, 0, 0, 0]);
    api.faults.plant({ input: { cluster: 'dev' }, caller: 'AKIDTEST', fault: throttle });
    expect(await results(1)).toEqual([false]);
  });

  test('nothing after it was removed', async () => {
    api.faults.plant({ fault: throttle }).remove();
    expect(await results(1)).toEqual([true]);
  });

  test('one call each if two faults match', async () => {
    api.faults.plant({ fault: throttle });
    api.faults.plant({ fault: { kind: 'server-error' } });
    expect(await failure(runTask())).toBe('400 ThrottlingException');
    expect(await failure(runTask())).toBe('500 ServerException');
  });
});

describe('connections', () => {
  test('a call has no effect if the connection closes before it, and an effect if it closes after', async () => {
    api.faults.plant({ fault: { kind: 'drop-before' } });
    expect(await failure(runTask())).not.toBe('no error');
    expect(launches).toBe(0);
    api.faults.plant({ fault: { kind: 'drop-after' } });
    expect(await failure(runTask())).not.toBe('no error');
    expect(launches).toBe(1);
    expect(api.log.list().map(({ outcome }) => outcome)).toEqual(['dropped', 'dropped']);
  });

  test('a call may never get a reply', async () => {
    api.faults.plant({ fault: { kind: 'no-answer' } });
    const requestHandler = { requestTimeout: 200, throwOnRequestTimeout: true };
    expect(await failure(runTask(new ECSClient({ ...api.client, requestHandler })))).toBe('- TimeoutError');
    expect(launches).toBe(0);
    expect(api.log.list()).toMatchObject([{ outcome: 'no-answer' }]);
  });

  test('a reply may be late, and another fault may still apply', async () => {
    api.faults.plant({ fault: { kind: 'latency', delayMs: 20 } });
    api.faults.plant({ fault: { kind: 'throttle' } });
    expect(await failure(runTask())).toBe('400 ThrottlingException');
    const [entry] = api.log.list();
    expect((entry?.endedAt ?? 0) - (entry?.startedAt ?? 0)).toBeGreaterThanOrEqual(19);
  });
});

test('the calling process is killed before the call has an effect, or after', async () => {
  api.faults.plant({ fault: { kind: 'kill-before' } });
  await failure(runTask());
  expect([launches, api.killed]).toEqual([0, ['AKIDTEST']]);
  api.faults.plant({ fault: { kind: 'kill-after' } });
  await failure(runTask());
  expect([launches, api.killed]).toEqual([1, ['AKIDTEST', 'AKIDTEST']]);
});

test('tasks and capacity can be missing', async () => {
  api.faults.plant({ fault: { kind: 'missing' } });
  const described = await ecs().send(new DescribeTasksCommand({ tasks: ['arn:task'] }));
  expect(described).toMatchObject({ tasks: [], failures: [{ arn: 'arn:task', reason: 'MISSING' }] });
  api.faults.plant({ fault: { kind: 'capacity', reason: 'RESOURCE:CPU' } });
  expect(await runTask()).toMatchObject({ tasks: [], failures: [{ reason: 'RESOURCE:CPU' }] });
});

test('a read can return the result of an earlier read', async () => {
  const describeTask = async () => (await ecs().send(new DescribeTasksCommand({ tasks: ['arn:task'] }))).tasks;
  api.faults.plant({ operation: 'DescribeTasks', fault: { kind: 'stale' }, nth: 1 });
  api.faults.plant({ operation: 'DescribeTasks', fault: { kind: 'stale' }, nth: 3 });
  expect(await describeTask()).toEqual([]);
  status = 'PENDING';
  expect(await describeTask()).toMatchObject([{ lastStatus: 'PENDING' }]);
  status = 'RUNNING';
  expect(await describeTask()).toMatchObject([{ lastStatus: 'PENDING' }]);
  expect(await describeTask()).toMatchObject([{ lastStatus: 'RUNNING' }]);
});

test('any other error can be planted by name', async () => {
  api.faults.plant({
    fault: { kind: 'error', code: 'InvalidParameterException', message: 'RequestLimitExceeded', httpStatus: 400 },
  });
  await expect(runTask()).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'RequestLimitExceeded',
  });
});
