import { request } from 'node:http';
import { ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AwsError } from '../../src/aws-error.ts';
import type { Operation } from '../../src/operation.ts';
import { signedHeaders } from './signed-request.ts';
import { openTestApi, type TestApi } from './test-api.ts';

let api: TestApi;
let inputs: Readonly<Record<string, unknown>>[];
let answer: Operation;

beforeEach(async () => {
  inputs = [];
  answer = () => ({});
  const record: Operation = (input, context) => {
    inputs.push(input);
    return answer(input, context);
  };
  api = await openTestApi({
    ecs: { RunTask: record },
    ssm: { PutParameter: record, GetParameters: record, DeleteParameter: record },
    events: { PutEvents: record },
    lambda: {
      Invoke: record,
      GetFunction: record,
      CreateFunction: record,
      DeleteFunction: record,
      UpdateFunctionConfiguration: record,
    },
  });
});

afterEach(() => api[Symbol.asyncDispose]());

const post = async (headers: Record<string, string>, body: string, path = '/') => {
  const response = await fetch(`${api.endpoint}${path}`, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) as unknown };
};

const ssm = (operation: string, body: string) =>
  post({ ...signedHeaders('ssm'), 'x-amz-target': `AmazonSSM.${operation}` }, body);

describe('AWS JSON 1.1', () => {
  test('dates are sent as seconds since the epoch and read as dates', async () => {
    answer = () => ({
      tasks: [{ taskArn: 'arn:task', createdAt: new Date('2026-01-02T03:04:05.678Z') }],
      failures: [],
    });
    const ecs = new ECSClient(api.client);
    const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition: 'auth' }));
    expect(tasks).toEqual([{ taskArn: 'arn:task', createdAt: new Date('2026-01-02T03:04:05.678Z') }]);
    const events = new EventBridgeClient(api.client);
    await events.send(new PutEventsCommand({ Entries: [{ Time: new Date('2026-01-02T03:04:05Z') }] }));
    expect(inputs[1]).toEqual({ Entries: [{ Time: new Date('2026-01-02T03:04:05Z') }] });
  });

  test('an exception keeps its additional members', async () => {
    answer = () => {
      throw new AwsError('ConflictException', 'The token is taken.', { members: { resourceIds: ['arn:task'] } });
    };
    const ecs = new ECSClient(api.client);
    await expect(ecs.send(new RunTaskCommand({ taskDefinition: 'auth' }))).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'The token is taken.',
      resourceIds: ['arn:task'],
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  test('an unsupported operation is rejected at once', async () => {
    const { status, headers, body } = await ssm('MakeTea', '{}');
    expect({ status, body }).toEqual({ status: 400, body: { __type: 'UnknownOperationException' } });
    expect(headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
  });

  test.each([
    ['no JSON', 'PutParameter', '{', { __type: 'SerializationException' }],
    [
      'a number for a string',
      'PutParameter',
      '{"Name":"a","Value":1}',
      { __type: 'SerializationException', message: 'NUMBER_VALUE can not be converted to a String (Value)' },
    ],
    [
      'a string for a boolean',
      'PutParameter',
      '{"Name":"a","Value":"b","Overwrite":"yes"}',
      { __type: 'SerializationException', message: 'STRING_VALUE can not be converted to a Boolean (Overwrite)' },
    ],
    [
      'a string for a list',
      'GetParameters',
      '{"Names":"a"}',
      { __type: 'SerializationException', message: 'Expected list or null (Names)' },
    ],
    [
      'a structure in a list of strings',
      'GetParameters',
      '{"Names":["a",{"b":1}]}',
      {
        __type: 'SerializationException',
        message: 'Start of structure or map found where not expected. (Names[1])',
      },
    ],
    [
      'a list instead of the input',
      'GetParameters',
      '[]',
      { __type: 'SerializationException', message: 'Start of list found where not expected (the request)' },
    ],
    [
      'a required member that is null',
      'PutParameter',
      '{"Name":null,"Value":"b"}',
      {
        __type: 'ValidationException',
        Message:
          "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
      },
    ],
  ])('%s is rejected before the operation runs', async (_what, operation, text, expected) => {
    const { status, body } = await ssm(operation, text);
    expect({ status, body }).toEqual({ status: 400, body: expected });
    expect(inputs).toEqual([]);
    expect(api.log.list()).toMatchObject([{ operation, error: { code: expected.__type } }]);
  });

  test('unknown members are passed through, and no name is special', async () => {
    await ssm('DeleteParameter', '{"Name":"a","New":{"x":1},"__proto__":{"polluted":true}}');
    expect(JSON.stringify(inputs[0])).toBe('{"Name":"a","New":{"x":1},"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('the target header identifies the service if the credential scope names another', async () => {
    const headers = { ...signedHeaders('execute-api'), 'x-amz-target': 'AmazonSSM.DeleteParameter' };
    expect(await post(headers, '{"Name":"a"}')).toMatchObject({ status: 200 });
  });

  test('a bug in the sandbox becomes an error of the service, and is printed', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    answer = () => {
      throw new TypeError('a defect');
    };
    expect(await ssm('DeleteParameter', '{"Name":"a"}')).toMatchObject({
      status: 500,
      body: { __type: 'InternalServerError' },
    });
    expect(printed).toHaveBeenCalledOnce();
    printed.mockRestore();
  });
});

describe('Lambda', () => {
  test('the function is in the path, other members in query, headers and body', async () => {
    const lambda = new LambdaClient(api.client);
    answer = () => ({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      ExecutedVersion: '$LATEST',
      LogResult: 'bG9n',
      Payload: new TextEncoder().encode('{"a":1}'),
    });
    const reply = await lambda.send(
      new InvokeCommand({
        FunctionName: 'arn:aws:lambda:us-east-2:123456789012:function:starter',
        Qualifier: '$LATEST',
        InvocationType: 'RequestResponse',
        LogType: 'Tail',
        Payload: '{"service":"auth"}',
      }),
    );
    expect(inputs).toEqual([
      {
        FunctionName: 'arn:aws:lambda:us-east-2:123456789012:function:starter',
        Qualifier: '$LATEST',
        InvocationType: 'RequestResponse',
        LogType: 'Tail',
        Payload: new Uint8Array(Buffer.from('{"service":"auth"}')),
      },
    ]);
    expect(reply).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', LogResult: 'bG9n' });
    expect(reply.Payload?.transformToString()).toBe('{"a":1}');
  });

  test('an asynchronous invocation is accepted with 202', async () => {
    answer = () => ({ StatusCode: 202, Payload: new Uint8Array() });
    const lambda = new LambdaClient(api.client);
    const reply = await lambda.send(new InvokeCommand({ FunctionName: 'starter', InvocationType: 'Event' }));
    expect(reply.StatusCode).toBe(202);
  });

  test('an error has its name and message', async () => {
    answer = () => {
      throw new AwsError('ResourceNotFoundException', 'Function not found: starter', { httpStatus: 404 });
    };
    const lambda = new LambdaClient(api.client);
    await expect(lambda.send(new GetFunctionCommand({ FunctionName: 'starter' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: starter',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('a zip is read as bytes, and a wrong type is rejected', async () => {
    const create = (body: string) => post(signedHeaders('lambda'), body, '/2015-03-31/functions');
    const whole = '{"FunctionName":"a","Role":"r","Code":{"ZipFile":"AQID"},"Timeout":3}';
    expect(await create(whole)).toMatchObject({ status: 201 });
    expect(inputs).toEqual([
      { FunctionName: 'a', Role: 'r', Code: { ZipFile: new Uint8Array([1, 2, 3]) }, Timeout: 3 },
    ]);
    expect(await create(whole.replace('3}', '"3"}'))).toMatchObject({
      status: 400,
      body: { Type: 'User', message: expect.stringContaining('(Timeout)') },
    });
    expect(inputs).toHaveLength(1);
  });

  test('an unknown path is an unknown operation', async () => {
    expect(await post(signedHeaders('lambda'), '{}', '/2015-03-31/layers')).toMatchObject({ status: 404 });
  });
});

describe('who may call', () => {
  test('an unsigned request is rejected', async () => {
    expect(await post({ 'x-amz-target': 'AmazonSSM.DeleteParameter' }, '{"Name":"a"}')).toMatchObject({
      status: 403,
      body: { __type: 'MissingAuthenticationToken', message: 'Missing Authentication Token' },
    });
    expect(api.log.list()).toEqual([]);
  });

  test('the log contains the access key of the caller', async () => {
    const headers = { ...signedHeaders('ssm', 'SANDBOXLAMBDA7'), 'x-amz-target': 'AmazonSSM.DeleteParameter' };
    await post(headers, '{"Name":"a"}');
    expect(api.log.list({ caller: 'SANDBOXLAMBDA7' })).toMatchObject([
      { sequence: 1, service: 'ssm', operation: 'DeleteParameter', mutating: true, outcome: 'answered' },
    ]);
    expect(api.log.list({ caller: 'SANDBOXLAMBDA8' })).toEqual([]);
  });

  test.each([
    ['from a web page', { origin: 'http://127.0.0.1:3000' }, 403],
    ['by a foreign host name that resolves to this machine', { host: 'rebound.example.com' }, 403],
    ['by the name of this machine', { host: 'localhost:4566' }, 200],
  ])('a signed request %s', async (_what, headers, expected) => {
    const { port } = new URL(api.endpoint);
    const signed = { ...signedHeaders('ssm'), 'x-amz-target': 'AmazonSSM.DeleteParameter', ...headers };
    const status = await new Promise((resolve, reject) => {
      // `fetch` sets these two headers itself.
      const sent = request({ port, host: '127.0.0.1', method: 'POST', headers: signed }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end('{"Name":"a"}');
    });
    expect(status).toBe(expected);
  });
});
