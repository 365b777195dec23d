import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LambdaService } from '../../src/lambda/lambda-service.ts';
import { call, deploy, invoke, startLambda, until, zip } from './lambda-fixture.ts';

const echoPid = 'export const handler = async () => ({ pid: process.pid });';
const waitingHandler = `import { setTimeout } from 'node:timers/promises';
export const handler = async (event) => { await setTimeout(event.ms); return { pid: process.pid }; };`;

describe('a function of the sandbox', () => {
  let lambda: LambdaService;
  beforeEach(() => {
    lambda = startLambda();
  });
  afterEach(() => lambda.close());

  it('receives the event and context of the managed runtime', async () => {
    const name = await deploy(
      lambda,
      `export const handler = async (event, context) => ({
        event, context, remaining: context.getRemainingTimeInMillis(), parameters: [typeof event, typeof context],
      });`,
      { FunctionName: 'engines', MemorySize: 256, Timeout: 7 },
    );
    const { payload, functionError } = await invoke(lambda, name, { service: 'auth' });
    expect(functionError).toBeUndefined();
    expect(payload.event).toEqual({ service: 'auth' });
    expect(payload.context).toEqual({
      callbackWaitsForEmptyEventLoop: true,
      functionVersion: '$LATEST',
      functionName: 'engines',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/engines',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\]SANDBOXLAMBDA1$/),
      invokedFunctionArn: 'arn:aws:lambda:us-east-2:123456789012:function:engines',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(payload.remaining).toBeGreaterThan(0);
    expect(payload.remaining).toBeLessThanOrEqual(7000);
  });

  it('sees the variables of the runtime and its own, but none of the sandbox', async () => {
    process.env.SECRET_OF_THE_SANDBOX = 'x';
    const name = await deploy(lambda, 'export const handler = async () => process.env;', {
      FunctionName: 'engines',
      Environment: { Variables: { PARAMETER_PATH: '/start-engines/dev' } },
    });
    const { payload } = await invoke(lambda, name);
    delete process.env.SECRET_OF_THE_SANDBOX;
    const names = Object.keys(payload).filter(
      (key) => !['PATH', 'SYSTEMROOT', 'TMPDIR', 'TEMP', 'TMP'].includes(key.toUpperCase()),
    );
    expect(names.sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_ENDPOINT_URL',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'LAMBDA_TASK_ROOT',
      'PARAMETER_PATH',
      'TZ',
      '_HANDLER',
      '_X_AMZN_TRACE_ID',
    ]);
    expect(payload).toMatchObject({
      AWS_ACCESS_KEY_ID: 'SANDBOXLAMBDA1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_REGION: 'us-east-2',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      _HANDLER: 'index.handler',
      PARAMETER_PATH: '/start-engines/dev',
      TZ: 'UTC',
    });
  });

  it('has no access to the sandbox except its API', async () => {
    const name = await deploy(lambda, 'export const handler = async () => ({ send: typeof process.send });');
    expect((await invoke(lambda, name)).payload).toEqual({ send: 'undefined' });
  });

  it('returns null if the handler returns nothing', async () => {
    const name = await deploy(lambda, 'export const handler = async () => {};');
    expect((await invoke(lambda, name)).payload).toBeNull();
  });

  it('keeps its process warm', async () => {
    const name = await deploy(lambda, echoPid);
    const first = await invoke(lambda, name);
    const second = await invoke(lambda, name);
    expect(second.payload.pid).toBe(first.payload.pid);
    expect(lambda.processes().map((one) => one.accessKeyId)).toEqual(['SANDBOXLAMBDA1']);
  });

  it('shares no process with another function', async () => {
    const one = await deploy(lambda, 'export const handler = async () => "one";');
    const other = await deploy(lambda, 'export const handler = async () => "other";');
    expect((await invoke(lambda, one)).payload).toBe('one');
    expect((await invoke(lambda, other)).payload).toBe('other');
  });

  it('runs two invocations at once in two processes', async () => {
    const name = await deploy(lambda, waitingHandler);
    const answers = await Promise.all([invoke(lambda, name, { ms: 200 }), invoke(lambda, name, { ms: 200 })]);
    expect(new Set(answers.map((one) => one.payload.pid)).size).toBe(2);
    expect(lambda.processes().map((one) => one.state)).toEqual(['idle', 'idle']);
  });

  it('has a new process for every invocation with coldStart', async () => {
    const name = await deploy(lambda, echoPid);
    const pids = [(await invoke(lambda, name)).payload.pid];
    lambda.setColdStart(true);
    for (const _ of [1, 2]) pids.push((await invoke(lambda, name)).payload.pid);
    expect(new Set(pids).size).toBe(3);
  });

  it('has a new process after a change of its configuration or code', async () => {
    const name = await deploy(lambda, 'export const handler = async () => ({ pid: process.pid, x: process.env.XX });');
    const first = await invoke(lambda, name);
    await call(lambda, 'UpdateFunctionConfiguration', { FunctionName: name, Environment: { Variables: { XX: '1' } } });
    const second = await invoke(lambda, name);
    expect(lambda.processes().map((one) => one.state)).toEqual(['ended', 'idle']);
    expect(second.payload.x).toBe('1');
    expect(second.payload.pid).not.toBe(first.payload.pid);
    await call(lambda, 'UpdateFunctionCode', {
      FunctionName: name,
      ZipFile: zip({ 'index.mjs': 'export const handler = async () => "changed";' }),
    });
    expect((await invoke(lambda, name)).payload).toBe('changed');
  });

  it('has a process after prewarming', async () => {
    const name = await deploy(lambda, echoPid);
    await lambda.prewarm(name, 2);
    expect(lambda.processes().map((one) => one.state)).toEqual(['idle', 'idle']);
    const { payload } = await invoke(lambda, name);
    expect(lambda.processes().map((one) => one.pid)).toContain(payload.pid);
  });

  it('is killed after its timeout, and starts again', async () => {
    const name = await deploy(
      lambda,
      `export const handler = async (event) => {
        process.on('SIGTERM', () => {});
        console.log('before the end');
        if (event.hang) await new Promise(() => {});
        return { pid: process.pid };
      };`,
      { Timeout: 1 },
    );
    const first = await invoke(lambda, name);
    const killed = await invoke(lambda, name, { hang: true });
    expect(killed.functionError).toBe('Unhandled');
    expect(killed.payload.errorType).toBe('Sandbox.Timedout');
    expect(killed.payload.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds$/);
    expect(killed.log).toContain('before the end');
    expect(killed.log).toContain('Task timed out after 1.00 seconds');
    const after = await invoke(lambda, name);
    expect(after.payload.pid).not.toBe(first.payload.pid);
  });

  it('returns the error of a killed process if its process is killed', async () => {
    const name = await deploy(lambda, waitingHandler);
    const answer = invoke(lambda, name, { ms: 60_000 });
    await until(() => lambda.processes()[0]?.state === 'busy');
    expect(lambda.killCaller('SANDBOXLAMBDA1', 'SIGKILL')).toBe(true);
    const { functionError, payload } = await answer;
    expect(functionError).toBe('Unhandled');
    expect(payload.errorType).toBe('Runtime.ExitError');
    expect(payload.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: signal: killed$/);
    expect(lambda.killCaller('SANDBOXLAMBDA1', 'SIGKILL')).toBe(false);
    expect((await invoke(lambda, name, { ms: 0 })).functionError).toBeUndefined();
  });

  it('is throttled above its reserved concurrency', async () => {
    const name = await deploy(lambda, waitingHandler);
    await call(lambda, 'PutFunctionConcurrency', { FunctionName: name, ReservedConcurrentExecutions: 1 });
    const running = invoke(lambda, name, { ms: 500 });
    await expect(invoke(lambda, name, { ms: 0 })).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      httpStatus: 429,
      message: 'Rate Exceeded.',
    });
    expect((await running).functionError).toBeUndefined();
  });

  it('reports its duration and memory', async () => {
    const name = await deploy(lambda, echoPid);
    await invoke(lambda, name);
    const [record] = lambda.processes();
    expect(record?.invocationCpuMs).toHaveLength(1);
    expect(record?.initCpuMs).toBeGreaterThan(0);
    expect(record?.maxRssBytes).toBeGreaterThan(1_000_000);
  });

  it('has all of its output in its log, regardless of its size and its end', async () => {
    const name = await deploy(
      lambda,
      `export const handler = async (event) => {
        const text = 'x'.repeat(event.length) + '\\n';
        const written = [process.stdout, process.stderr].map((out) => new Promise((done) => out.write(text, done)));
        if (event.end) await Promise.all(written);
        if (event.end) process.exit(0);
      };`,
    );
    // Around 64 KB a pipe splits the end of the output and the runtime's marker.
    const lengths = Array.from({ length: 60 }, (_, index) => 65_536 - index);
    for (const length of lengths) await invoke(lambda, name, { length });
    await invoke(lambda, name, { length: 300_000, end: true });
    const written = lambda.logs(name).filter((line) => /^x+$/.test(line));
    expect(written.map((line) => line.length)).toEqual([...lengths, 300_000].flatMap((length) => [length, length]));
    expect(lambda.logs(name).filter((line) => line.includes('\u0001'))).toEqual([]);
  });

  it('logs its output between the lines of the platform', async () => {
    const name = await deploy(
      lambda,
      `export const handler = async () => { console.log('one\\ntwo'); process.stderr.write('three\\n'); };`,
    );
    const { log } = await invoke(lambda, name);
    const lines = log.split('\n').slice(0, -1);
    expect(lines[0]).toBe('INIT_START Runtime Version: nodejs:24.x');
    expect(lines[1]).toMatch(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST$/);
    expect(lines.slice(2, 4)).toContain('three');
    expect(lines.slice(2, 4)).toContainEqual(expect.stringMatching(/^\S+Z\t[0-9a-f-]{36}\tINFO\tone\rtwo$/));
    expect(lines[4]).toMatch(/^END RequestId: [0-9a-f-]{36}$/);
    expect(lines[5]).toMatch(
      /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t$/,
    );
    expect(lambda.logs(name)).toEqual(lines);
    expect((await invoke(lambda, name)).log).not.toContain('Init Duration');
  });
});
