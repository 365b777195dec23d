import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { busEvent, httpApiEvent } from './support/events.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.aws.reset());

const denied = {
  status: 400,
  code: 'AccessDeniedException',
  message: 'User: arn:aws:sts::111122223333:assumed-role/secret-role is not authorized to perform: ecs:RunTask',
};

describe('R11: a failure is thrown, not returned', () => {
  test.each([
    ['from the bus', busEvent({ service: 'auth' })],
    ['from a direct invoke', { action: 'start', service: 'auth' }],
    ['from a list of one', { action: 'start', services: ['auth'] }],
  ])('%s', async (_way, event) => {
    world.aws.refuse('RunTask', denied);
    const { value, thrown } = await world.invoke(event);
    expect([value, thrown?.name]).toEqual([undefined, 'AwsAccessDenied']);
  });
});

test('R15: an error keeps its own name and message, however deep it was thrown', async () => {
  const { thrown, log } = await world.invoke({ action: 'start', service: 'nosuch' });
  expect(thrown).toEqual({ name: 'UnknownService', message: 'There is no service "nosuch".' });
  expect(log.filter(({ level }) => level === 'ERROR')).toHaveLength(1);
  expect(log.find(({ level }) => level === 'ERROR')?.error).toEqual({
    name: 'UnknownService',
    code: 'UnknownService',
    message: 'There is no service "nosuch".',
    retryable: false,
    context: { service: 'nosuch' },
  });
});

test('R15: a defect is called Internal, and the log has its own error as the cause', async () => {
  const { thrown, log } = await world.invoke({ action: 'status' }, { remainingMs: null });
  expect(thrown?.name).toBe('Internal');
  expect(log.find(({ level }) => level === 'ERROR')?.error).toMatchObject({
    code: 'Internal',
    cause: { name: 'TypeError', stack: expect.any(String) },
  });
});

test('over HTTP a defect is answered with 500, without details', async () => {
  const { value } = await world.invoke(httpApiEvent('GET', '/services'), { remainingMs: null, requestId: 'request-2' });
  const { statusCode, body } = value as { statusCode: number; body: string };
  expect([statusCode, JSON.parse(body)]).toEqual([
    500,
    {
      error: 'Internal',
      message: 'A defect of start-engines itself.',
      retryable: true,
      correlationId: 'request-2',
    },
  ]);
});

test('R21: the error for an ended task has its exit code and reason', async () => {
  world.aws.launchAs({
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'app', lastStatus: 'STOPPED', exitCode: 137, reason: 'OutOfMemoryError: Container killed' }],
  });
  const { thrown } = await world.invoke({ action: 'start', service: 'auth' });
  expect(thrown?.name).toBe('TaskStopped');
  expect(thrown?.message).toContain('EssentialContainerExited');
  expect(thrown?.message).toContain('137');
  expect(thrown?.message).toContain('OutOfMemoryError: Container killed');
});

test('the failure of one of several services fails the request, with the results of the others', async () => {
  const { thrown } = await world.invoke({ action: 'start', services: ['auth', 'nosuch'] });
  expect(thrown?.name).toBe('SeveralFailed');
  const [summary, results] = thrown?.message.split(' Results: ') ?? [];
  expect(summary).toBe('1 of 2 services failed (nosuch: UnknownService).');
  expect(JSON.parse(results ?? '')).toMatchObject([
    { service: 'auth', privateIp: '10.0.0.1', reused: false },
    { service: 'nosuch', error: 'UnknownService', message: 'There is no service "nosuch".' },
  ]);
});

describe('a start that a later stop superseded', () => {
  beforeEach(() =>
    world.aws.launchAs({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: `stop@${new Date(Date.now() + 60_000).toISOString()}`,
    }),
  );

  test.each([
    ['on the bus', busEvent({ service: 'auth' })],
    ['invoked directly', { action: 'start', service: 'auth' }],
  ])('%s gets an answer, and no error is thrown', async (_way, event) => {
    const { value } = await world.invoke(event);
    expect(value).toEqual({ statusCode: 409, body: { message: expect.any(String), superseded: true } });
  });

  test('over HTTP is 409', async () => {
    const { value } = await world.invoke(httpApiEvent('POST', '/services/auth/start'));
    const { statusCode, body } = value as { statusCode: number; body: string };
    expect([statusCode, JSON.parse(body).superseded]).toEqual([409, true]);
  });

  test('among several services is not a failure', async () => {
    const { value } = await world.invoke({ action: 'start', services: ['auth'] });
    expect(value).toMatchObject({ statusCode: 200, body: { results: [{ service: 'auth', superseded: true }] } });
  });
});

test('an internal failure is answered without details over HTTP', async () => {
  world.aws.refuse('RunTask', denied);
  const { value } = await world.invoke(httpApiEvent('POST', '/services/auth/start'), { requestId: 'request-1' });
  const { statusCode, body } = value as { statusCode: number; body: string };
  expect(statusCode).toBe(500);
  expect(JSON.parse(body)).toEqual({
    error: 'AwsAccessDenied',
    message: 'AWS denied the call: a permission is missing.',
    retryable: false,
    correlationId: 'request-1',
  });
});

test('the log has the answer of AWS and its request ID in the chain of causes', async () => {
  world.aws.refuse('RunTask', denied);
  const { log } = await world.invoke({ action: 'start', service: 'auth' });
  expect(log.find(({ level }) => level === 'ERROR')?.error).toMatchObject({
    code: 'AwsAccessDenied',
    cause: { name: 'AccessDeniedException', httpStatusCode: 400 },
  });
});

test('a parameter whose name is not a service name is reported in the log', async () => {
  const name = '/start-engines/test/services/Auth';
  world.aws.parameters.set(name, {});
  try {
    const { value, log } = await world.invoke({ action: 'status' });
    expect(value).toMatchObject({ statusCode: 200 });
    expect(log.find(({ message }) => message === 'ignored-parameters')).toMatchObject({ level: 'WARN', names: [name] });
  } finally {
    world.aws.parameters.delete(name);
  }
});

describe('an invalid environment', () => {
  test('is reported in full, without values, and changes nothing', async () => {
    const broken = await world.startAnother({
      PARAMETER_PATH: '/other/secret-path',
      CONFIG_TTL_SECONDS: 'soon',
      CLUSTERS: 'a,,b',
    });
    const { thrown } = await broken.invoke({ action: 'start', service: 'auth' });
    expect(thrown).toEqual({
      name: 'Internal',
      message:
        'The environment of the function is invalid: PARAMETER_PATH must be /start-engines/<workspace>; ' +
        'CLUSTERS must be names or ARNs of clusters, separated by commas; ' +
        'CONFIG_TTL_SECONDS must be a whole number from 0 to 3600.',
    });
    expect(world.changes()).toEqual([]);
  });

  test.each([
    ['EVENT_BUS_NAME', 'a bus', 'EVENT_BUS_NAME must be the name or ARN of an event bus'],
    ['CONFIG_TTL_SECONDS', '3601', 'CONFIG_TTL_SECONDS must be a whole number from 0 to 3600'],
    ['CONFIG_TTL_SECONDS', '30s', 'CONFIG_TTL_SECONDS must be a whole number from 0 to 3600'],
    ['CLUSTERS', 'engines,a b', 'CLUSTERS must be names or ARNs of clusters, separated by commas'],
  ])('is invalid with %s %j', async (name, value, problem) => {
    const broken = await world.startAnother({ [name]: value });
    const { thrown } = await broken.invoke({ action: 'start', service: 'auth' });
    expect(thrown).toEqual({ name: 'Internal', message: `The environment of the function is invalid: ${problem}.` });
    expect(world.changes()).toEqual([]);
  });

  test('may have spaces in its list of clusters and omit variables with a default', async () => {
    const fine = await world.startAnother({ CLUSTERS: 'engines, others', EVENT_BUS_NAME: '', CONFIG_TTL_SECONDS: '' });
    const { value } = await fine.invoke({ action: 'start', service: 'auth' });
    expect(value).toMatchObject({ statusCode: 200 });
  });
});
