import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { busEvent, httpApiEvent, restEvent } from './support/events.ts';
import type { LogLine } from './support/function-under-test.ts';
import { startWorld, type World } from './support/world.ts';

// Each middleware has an effect that these tests check through the built zip: without its `.use()` a test fails.

let world: World;
beforeAll(async () => {
  world = await startWorld({ POWERTOOLS_LOGGER_LOG_EVENT: 'true' }, 10);
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.aws.reset());

const start = { action: 'start', service: 'auth' };
const isMetric = (line: LogLine) => '_aws' in line;
const metricNames = (log: readonly LogLine[]) =>
  log.filter(isMetric).flatMap((line) => {
    const { CloudWatchMetrics } = line._aws as { CloudWatchMetrics: { Metrics: { Name: string }[] }[] };
    return CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
  });

describe('the log context', () => {
  test('puts request, function, workspace and service on every line, and the task once it is known', async () => {
    const { log } = await world.invoke(start, { requestId: 'request-7' });
    const lines = log.filter((line) => !isMetric(line));
    expect(lines.map(({ message }) => message)).toEqual([
      'request',
      'launched',
      'running',
      'registered',
      'healthy',
      'done',
    ]);
    for (const line of lines) {
      expect(line).toMatchObject({
        function_request_id: 'request-7',
        function_name: 'start-engines-lambda-test',
        workspace: 'test',
        serviceName: 'auth',
      });
    }
    const taskArn = 'arn:aws:ecs:us-east-2:111122223333:task/engines/00000000000000000000000000000001';
    expect(lines.slice(1).map((line) => line.taskArn)).toEqual([taskArn, taskArn, taskArn, taskArn, taskArn]);
  });

  test.each([
    ['ended well', () => {}],
    ['failed', () => world.aws.refuse('RegisterTargets', { status: 400, code: 'AccessDenied', message: 'no' })],
  ])('is cleared at the end of an invocation that %s', async (_how, prepare) => {
    prepare();
    await world.invoke(start);
    const { log } = await world.invoke({ action: 'status' });
    const lines = log.filter((line) => !isMetric(line));
    expect(lines.map((line) => [line.serviceName, line.taskArn])).toEqual(lines.map(() => [undefined, undefined]));
  });

  test('never contains the whole event, even if Powertools is configured to log it, nor values of an environment', async () => {
    const { log } = await world.invoke(busEvent({ service: 'auth', environment: { LOG_LEVEL: 'hush-hush' } }));
    expect(log.length).toBeGreaterThan(0);
    expect(JSON.stringify(log)).not.toMatch(/hush-hush|secret-of-the-function|custom\.app/);
  });
});

describe('metrics', () => {
  test('count and time a start, in total and for its service', async () => {
    const { log } = await world.invoke(start);
    expect(metricNames(log)).toEqual(['TimeToRunning', 'TimeToHealthy', 'StartCount']);
    expect(log.find(isMetric)).toMatchObject({
      _aws: {
        CloudWatchMetrics: [{ Namespace: 'StartEngines', Dimensions: [['service'], ['service', 'serviceName']] }],
      },
      service: 'start-engines',
      serviceName: 'auth',
      StartCount: 1,
    });
  });

  test('count an adoption', async () => {
    await world.invoke(start);
    const { log } = await world.invoke(start);
    expect(metricNames(log)).toContain('Adopted');
  });

  test.each([
    ['a stop', { action: 'stop', service: 'auth' }, ['StopCount']],
    ['a restart', { action: 'restart', service: 'auth' }, ['TimeToRunning', 'TimeToHealthy', 'RestartCount']],
    ['a reconcile', { action: 'reconcile' }, ['ReconcileCount']],
    ['no dry run', { action: 'reconcile', dryRun: true }, []],
    ['the status', { action: 'status' }, []],
  ])('count %s', async (_what, event, names) => {
    await world.invoke(start);
    // Tasks created within one millisecond have no order.
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(metricNames((await world.invoke(event)).log)).toEqual(names);
  });

  test.each([
    ['a stop', { action: 'stop', service: 'auth' }, ['StopCount', 'StopFailure']],
    ['a restart', { action: 'restart', service: 'auth' }, ['RestartCount', 'RestartFailure']],
    ['a reconcile', { action: 'reconcile' }, ['ReconcileCount', 'ReconcileFailure']],
  ])('count %s that fails', async (_what, event, names) => {
    world.aws.refuse('ListTasks', { status: 400, code: 'AccessDeniedException', message: 'no' });
    expect(metricNames((await world.invoke(event)).log)).toEqual(names);
  });

  test('count targets without a task', async () => {
    await world.invoke(start);
    world.aws.endTasks({ stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' });
    const { log } = await world.invoke({ action: 'reconcile' });
    expect(log.filter(isMetric)).toContainEqual(expect.objectContaining({ serviceName: 'auth', StaleTargets: 1 }));
    expect(log.find(({ message }) => message === 'interrupted')).toMatchObject({
      level: 'WARN',
      serviceName: 'auth',
      reason: 'SpotInterruption: Your Spot Task was interrupted.',
    });
  });

  test('count no stale target for a task that ended with exit code 0', async () => {
    await world.invoke(start);
    world.aws.endTasks({ stopCode: 'EssentialContainerExited', containers: [{ name: 'app', exitCode: 0 }] });
    const { log } = await world.invoke({ action: 'reconcile' });
    expect(log.filter(isMetric)).not.toContainEqual(expect.objectContaining({ StaleTargets: 1 }));
    expect(log.find(({ message }) => message === 'finished')).toMatchObject({
      level: 'INFO',
      serviceName: 'auth',
      reason: 'Container "app" exited with exit code 0 (EssentialContainerExited).',
      exitCode: 0,
    });
  });

  test('are also written if a start fails', async () => {
    world.aws.refuse('RunTask', { status: 400, code: 'AccessDeniedException', message: 'no' });
    const { log } = await world.invoke(start);
    expect(metricNames(log)).toEqual(['StartCount', 'StartFailure']);
  });

  test('are also written if the failure is answered over HTTP', async () => {
    const { log } = await world.invoke(httpApiEvent('POST', '/services/auth/start', { body: '{"port":1}' }));
    expect(metricNames(log)).toEqual(['StartCount', 'StartFailure']);
  });

  test('have no dimension with the name of an unknown service', async () => {
    const { log } = await world.invoke({ action: 'start', service: 'made-up' });
    expect(log.find(isMetric)).toMatchObject({ StartFailure: 1 });
    expect(log.find(isMetric)).not.toHaveProperty('serviceName');
  });

  test('count a cold start once', async () => {
    await using cold = await world.startAnother({});
    expect(metricNames((await cold.invoke({ action: 'status' })).log)).toEqual(['ColdStart']);
    expect(metricNames((await cold.invoke({ action: 'status' })).log)).toEqual([]);
  });
});

describe('the correlation ID', () => {
  const trace = 'Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1';
  const root = '1-67891233-abcdef012345678912345678';

  test.each([
    ['an event’s detail', busEvent({ service: 'auth', correlationId: 'order/17@shop' }), 'order/17@shop'],
    ['a direct invoke', { ...start, correlationId: 'a=b+c' }, 'a=b+c'],
    ['a header', httpApiEvent('POST', '/services/auth/start', { headers: { 'x-correlation-id': 'h-1' } }), 'h-1'],
    ['a header in other letter case', restEvent('GET', '/services', { headers: { 'X-Correlation-Id': 'h-2' } }), 'h-2'],
    ['the trace of a request', httpApiEvent('GET', '/services', { headers: { 'x-amzn-trace-id': trace } }), root],
    [
      'the request, if the trace is invalid',
      restEvent('GET', '/services', { headers: { 'X-Amzn-Trace-Id': 'Root=<>' } }),
      'request-9',
    ],
    ['the request, if there is no other source', start, 'request-9'],
  ])('comes from %s and is on every line', async (_where, event, correlationId) => {
    const { log } = await world.invoke(event, { requestId: 'request-9' });
    const lines = log.filter((line) => !isMetric(line));
    expect(lines.length).toBeGreaterThan(0);
    expect(new Set(lines.map((line) => line.correlation_id))).toEqual(new Set([correlationId]));
  });

  test('comes from Lambda’s own trace', async () => {
    await using traced = await world.startAnother({ _X_AMZN_TRACE_ID: trace });
    const { log } = await traced.invoke({ action: 'status' });
    expect(log.find(({ message }) => message === 'done')?.correlation_id).toBe(root);
  });

  test.each([
    ['with a space', 'a b'],
    ['that is empty', ''],
    ['that is too long', 'x'.repeat(129)],
    ['that is not text', 7],
  ])('%s is refused, and nothing changes', async (_what, correlationId) => {
    const { thrown } = await world.invoke(busEvent({ service: 'auth', correlationId }));
    expect(thrown).toEqual({
      name: 'InvalidRequest',
      message: 'correlationId must be 1 to 128 characters of letters, digits and . _ : / @ = + -.',
    });
    expect(world.changes()).toEqual([]);
  });
});

describe('the time limit', () => {
  test('R9: a start for which Lambda leaves too little time does not begin', async () => {
    const { thrown } = await world.invoke(start, { remainingMs: 20_000 });
    expect(thrown?.name).toBe('OutOfTime');
    expect(world.changes()).toEqual([]);
  });
});

test('Middy’s own early time-out does not replace the error of the operation', async () => {
  const { thrown } = await world.invoke({ action: 'status' }, { remainingMs: 1 });
  expect(thrown).toMatchObject({ name: 'MappingUnavailable' });
});

describe('errors', () => {
  test('are logged once', async () => {
    const { log } = await world.invoke({ action: 'start', service: 'nosuch' });
    expect(log.filter(({ level }) => level === 'ERROR').map(({ message }) => message)).toEqual(['failed']);
  });

  test('are answered to API Gateway, and thrown to every other caller', async () => {
    const answered = await world.invoke(httpApiEvent('GET', '/services/nosuch'));
    const thrown = await world.invoke({ action: 'status', service: 'nosuch' });
    expect([answered.value, thrown.thrown]).toMatchObject([{ statusCode: 404 }, { name: 'UnknownService' }]);
  });
});
