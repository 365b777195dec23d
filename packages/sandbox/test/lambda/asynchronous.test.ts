import { afterEach, describe, expect, it } from 'vitest';
import type { LambdaService } from '../../src/lambda/lambda-service.ts';
import { createVirtualClock } from '../../src/virtual-clock.ts';
import { call, createFastClock, deploy, startLambda, until } from './lambda-fixture.ts';

const logAndFail = `export const handler = async (event, context) => {
  console.log('try ' + context.awsRequestId);
  throw new Error('down');
};`;
const destination = 'arn:aws:sqs:us-east-2:123456789012:failed';

describe('an asynchronous invocation', () => {
  let lambda: LambdaService;
  afterEach(() => lambda.close());

  const ended = (name: string) => lambda.logs(name).filter((line) => line.startsWith('REPORT')).length;

  it('is accepted at once, retried after 1 and 2 minutes with the same request ID, and then sent to the destination', async () => {
    const clock = createVirtualClock(Date.UTC(2026, 10, 23, 8));
    lambda = startLambda({ clock });
    const name = await deploy(lambda, logAndFail, { FunctionName: 'engines' });
    await call(lambda, 'PutFunctionEventInvokeConfig', {
      FunctionName: name,
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: destination } },
    });
    const reply = await call(lambda, 'Invoke', {
      FunctionName: name,
      InvocationType: 'Event',
      Payload: Buffer.from('{"service":"auth"}'),
    });
    expect(reply).toEqual({ StatusCode: 202 });
    await until(() => ended(name) === 1);
    await clock.advance(59_999);
    expect(ended(name)).toBe(1);
    await clock.advance(1);
    await until(() => ended(name) === 2);
    await clock.advance(119_999);
    expect(ended(name)).toBe(2);
    expect(lambda.onFailureRecords()).toEqual([]);
    await clock.advance(1);
    await until(() => lambda.pendingEvents() === 0);

    const ids = lambda.logs(name).flatMap((line) => /INFO\ttry (\S+)/.exec(line)?.[1] ?? []);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(lambda.onFailureRecords()).toEqual([
      {
        functionName: 'engines',
        destinationArn: destination,
        record: {
          version: '1.0',
          timestamp: '2026-11-23T08:03:00.000Z',
          requestContext: {
            requestId: ids[0],
            functionArn: 'arn:aws:lambda:us-east-2:123456789012:function:engines:$LATEST',
            condition: 'RetriesExhausted',
            approximateInvokeCount: 3,
          },
          requestPayload: { service: 'auth' },
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: { errorType: 'Error', errorMessage: 'down', trace: expect.any(Array) },
        },
      },
    ]);
  });

  it('is also retried after a timeout, until a retry succeeds', async () => {
    lambda = startLambda({ clock: createFastClock(20), speed: 20 });
    const name = await deploy(
      lambda,
      `import { existsSync, writeFileSync } from 'node:fs';
      export const handler = async () => {
        if (existsSync('seen')) return 'up';
        writeFileSync('seen', '');
        await new Promise(() => {});
      };`,
      { Timeout: 10 },
    );
    lambda.invokeAsync(name, '{}');
    await until(() => lambda.pendingEvents() === 0);
    expect(ended(name)).toBe(2);
    expect(lambda.onFailureRecords()).toEqual([]);
  });

  it('fails by age if a retry would be too late', async () => {
    const clock = createVirtualClock(Date.UTC(2026, 10, 23, 8));
    lambda = startLambda({ clock });
    const name = await deploy(lambda, logAndFail);
    await call(lambda, 'PutFunctionEventInvokeConfig', { FunctionName: name, MaximumEventAgeInSeconds: 90 });
    lambda.invokeAsync(name, '{}');
    await until(() => ended(name) === 1);
    await clock.advance(60_000);
    await until(() => ended(name) === 2);
    await clock.advance(30_000);
    await until(() => lambda.pendingEvents() === 0);
    expect(lambda.onFailureRecords()).toMatchObject([
      {
        destinationArn: undefined,
        record: {
          timestamp: '2026-11-23T08:01:30.000Z',
          requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 2 },
        },
      },
    ]);
  });

  it('waits while the reserved concurrency is used up, and may fail without an attempt', async () => {
    const clock = createVirtualClock();
    lambda = startLambda({ clock });
    const name = await deploy(lambda, logAndFail);
    await call(lambda, 'PutFunctionConcurrency', { FunctionName: name, ReservedConcurrentExecutions: 0 });
    await call(lambda, 'PutFunctionEventInvokeConfig', { FunctionName: name, MaximumEventAgeInSeconds: 60 });
    lambda.invokeAsync(name, '{"x":1}');
    await clock.advance(60_000);
    await until(() => lambda.pendingEvents() === 0);
    const [failed] = lambda.onFailureRecords();
    expect(failed?.record.requestContext).toMatchObject({ condition: 'EventAgeExceeded', approximateInvokeCount: 0 });
    expect(failed?.record.requestPayload).toEqual({ x: 1 });
    expect(failed?.record).not.toHaveProperty('responsePayload');
    expect(lambda.processes()).toEqual([]);
  });

  it('is duplicated with the same request ID if configured', async () => {
    lambda = startLambda({ duplicateChance: 1 });
    const name = await deploy(lambda, 'export const handler = async (event, context) => console.log("got");');
    const requestId = lambda.invokeAsync(name, '{}');
    await until(() => lambda.pendingEvents() === 0);
    const got = lambda.logs(name).filter((line) => line.endsWith('INFO\tgot'));
    expect(got.map((line) => line.split('\t')[1])).toEqual([requestId, requestId]);
  });

  it('is pending until it has succeeded, and only for its own function', async () => {
    lambda = startLambda();
    const name = await deploy(lambda, 'export const handler = async () => {};');
    lambda.invokeAsync(name, '{}');
    expect(lambda.pendingEvents()).toBe(1);
    expect(lambda.pendingEvents(name)).toBe(1);
    expect(lambda.pendingEvents('another')).toBe(0);
    await until(() => lambda.pendingEvents(name) === 0);
  });

  it('is rejected if it is too large, not JSON, or for an unknown function', async () => {
    lambda = startLambda();
    const name = await deploy(lambda, logAndFail);
    const large = JSON.stringify('x'.repeat(1_048_577));
    expect(() => lambda.invokeAsync(name, large)).toThrow(
      '1048579 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    );
    expect(() => lambda.invokeAsync(name, '{')).toThrow(/^Could not parse request body into json: /);
    expect(() => lambda.invokeAsync('nosuch', '{}')).toThrow(
      'Function not found: arn:aws:lambda:us-east-2:123456789012:function:nosuch',
    );
  });
});
