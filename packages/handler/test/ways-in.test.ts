import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { busEvent, httpApiEvent, restEvent, stateChangeEvent } from './support/events.ts';
import { authTargetGroup, mappings, startWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.aws.reset());

const taskId = '00000000000000000000000000000001';
const taskArn = `arn:aws:ecs:us-east-2:111122223333:task/engines/${taskId}`;
const up = {
  service: 'auth',
  taskArn,
  taskId,
  privateIp: '10.0.0.1',
  port: 8080,
  targetGroupArn: authTargetGroup,
  healthStatus: 'healthy',
  reused: false,
};
const launched = { service: 'auth', taskArn, taskId, reused: false };

/** The launch facts of the one task that was started. */
function launchFacts(): Record<string, unknown> {
  const run = world.aws.calls.find((call) => call.operation === 'RunTask');
  const { containerOverrides } = (run?.input.overrides ?? { containerOverrides: [] }) as {
    containerOverrides: { environment: { name: string; value: string }[] }[];
  };
  const variables = containerOverrides.flatMap((override) => override.environment);
  return JSON.parse(variables.find(({ name }) => name === 'START_ENGINES_LAUNCH_FACTS')?.value ?? '{}');
}

const startsOfAuth: readonly [string, unknown][] = [
  ['an event on the bus', busEvent({ service: 'auth' })],
  ['an event from a bus that delivers lists', [busEvent({ service: 'auth' })]],
  ['a replayed event', busEvent({ service: 'auth' }, { 'replay-name': 'again' })],
  ['a direct invoke', { action: 'start', service: 'auth' }],
];

test.each(startsOfAuth)('a start by %s starts auth and reports that it is up', async (_way, event) => {
  const { value } = await world.invoke(event);
  expect(value).toEqual({
    statusCode: 200,
    body: { message: 'auth was started, is registered and running.', ...up },
  });
  expect(world.changes()).toEqual(['RunTask', 'RegisterTargets', 'TagResource']);
});

const httpStartsOfAuth: readonly [string, unknown][] = [
  ['an HTTP API under a stage', httpApiEvent('POST', '/services/auth/start')],
  ['an HTTP API without a stage', httpApiEvent('POST', '', { rawPath: '/services/auth/start' })],
  [
    'an HTTP API with a route for the path, under a base path',
    httpApiEvent('POST', '', {
      routeKey: 'POST /services/{name}/start',
      rawPath: '/base/services/auth/start',
      pathParameters: { name: 'auth' },
    }),
  ],
  ['a REST API with a proxy resource', restEvent('POST', '/services/auth/start')],
  [
    'a REST API with a resource for the path, under a base path',
    restEvent('POST', '/base/services/auth/start', {
      resource: '/services/{service}/start',
      pathParameters: { service: 'auth' },
    }),
  ],
  ['a body that waits for nothing', httpApiEvent('POST', '/services/auth/start', { body: '{"wait":"none"}' })],
  ['a blank body', httpApiEvent('POST', '/services/auth/start', { body: ' \n' })],
  [
    'a body in base64',
    httpApiEvent('POST', '/services/auth/start', { body: Buffer.from('{}').toString('base64'), isBase64Encoded: true }),
  ],
];

const longestBody = '{}'.padEnd(16_384);
const longBodies: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['text', { body: longestBody }],
  ['base64', { body: Buffer.from(longestBody).toString('base64'), isBase64Encoded: true }],
];

test.each(longBodies)('a body of the maximum length starts auth as %s', async (_how, body) => {
  const { value } = await world.invoke(httpApiEvent('POST', '/services/auth/start', body));
  expect(value).toMatchObject({ statusCode: 202 });
});

test.each(httpStartsOfAuth)('%s starts auth and gets 202 with its task at once', async (_way, event) => {
  const { value } = await world.invoke(event);
  const { statusCode, headers, body } = value as { statusCode: number; headers: unknown; body: string };
  expect(statusCode).toBe(202);
  expect(headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  expect(JSON.parse(body)).toEqual({ message: 'auth was started; nothing was waited for.', ...launched });
  expect(world.changes()).toEqual(['RunTask']);
});

test('a start of a live service reports that the task was already there', async () => {
  await world.invoke({ action: 'start', service: 'auth' });
  const { value } = await world.invoke({ action: 'start', service: 'auth', wait: 'healthy' });
  expect(value).toEqual({
    statusCode: 200,
    body: { message: 'auth was live already, is registered and healthy.', ...up, reused: true },
  });
});

test('a start of a service with two target groups shows both', async () => {
  const { value } = await world.invoke({ action: 'start', service: 'fa' });
  expect(value).toMatchObject({
    body: {
      port: 2531,
      targetGroupArn: authTargetGroup.replace('auth-tg', 'fa1-tg'),
      targets: [
        { targetGroupArn: authTargetGroup.replace('auth-tg', 'fa1-tg'), port: 2531, healthStatus: 'healthy' },
        { targetGroupArn: authTargetGroup.replace('auth-tg', 'fa2-tg'), port: 2532, healthStatus: 'healthy' },
      ],
    },
  });
});

test('the Scheduler starts a list of services and gets one body for each', async () => {
  const { value } = await world.invoke({ action: 'start', services: ['auth', 'fa'] });
  expect(value).toMatchObject({
    statusCode: 200,
    body: {
      results: [
        { service: 'auth', reused: false },
        { service: 'fa', reused: false },
      ],
    },
  });
});

test('a direct start that waits for nothing gets 202', async () => {
  const { value } = await world.invoke({ action: 'start', service: 'auth', wait: 'none' });
  expect(value).toEqual({
    statusCode: 202,
    body: { message: 'auth was started; nothing was waited for.', ...launched },
  });
});

test.each([
  ['waitForHealthy: true', { waitForHealthy: true }, 'healthy'],
  ['waitForHealthy: true with wait: healthy', { waitForHealthy: true, wait: 'healthy' }, 'healthy'],
  ['waitForHealthy: false', { waitForHealthy: false }, 'running'],
  ['wait: none', { wait: 'none' }, 'none'],
  ['nothing said', {}, 'running'],
])('%s on the bus determines the wait', async (_said, fields, waitFor) => {
  await world.invoke(busEvent({ service: 'auth', ...fields }));
  expect(launchFacts()).toMatchObject({ waitFor });
});

test('overrides that the mapping permits reach the task', async () => {
  const environment = { LOG_LEVEL: 'debug' };
  const { value } = await world.invoke(busEvent({ service: 'auth', port: 8081, environment }));
  expect(value).toMatchObject({ body: { port: 8081 } });
  const run = world.aws.calls.find((call) => call.operation === 'RunTask');
  expect(JSON.stringify(run?.input)).toContain('{"name":"LOG_LEVEL","value":"debug"}');
});

test('every override that a mapping permits reaches AWS', async () => {
  const parameter = '/start-engines/test/services/pdf';
  const permitted = {
    cluster: 'others',
    taskDefinition: 'pdf:7',
    targetGroupArn: authTargetGroup.replace('auth-tg', 'pdf-tg'),
    subnets: ['subnet-2', 'subnet-3'],
    securityGroups: ['sg-2'],
    containerName: 'sidecar',
    port: 9000,
    startTimeoutSeconds: 10,
  };
  const allowOverrides = Object.fromEntries(Object.entries(permitted).map(([key, value]) => [key, [value].flat()]));
  world.aws.parameters.set(parameter, {
    ...(mappings.auth as object),
    startTimeoutSeconds: 300,
    allowOverrides: { ...allowOverrides, environment: ['LOG_LEVEL'] },
  });
  const before = Date.now();
  await world.invoke(busEvent({ service: 'pdf', ...permitted, environment: { LOG_LEVEL: 'debug' } }));
  world.aws.parameters.delete(parameter);
  const inputOf = (name: string) => world.aws.calls.find(({ operation }) => operation === name)?.input;
  expect(inputOf('RunTask')).toMatchObject({
    cluster: 'others',
    taskDefinition: 'pdf:7',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-2', 'subnet-3'], securityGroups: ['sg-2'] } },
    overrides: {
      containerOverrides: [
        { name: 'sidecar', environment: expect.arrayContaining([{ name: 'LOG_LEVEL', value: 'debug' }]) },
      ],
    },
  });
  expect(inputOf('RegisterTargets')).toMatchObject({
    TargetGroupArn: authTargetGroup.replace('auth-tg', 'pdf-tg'),
    'Targets.member.1.Port': '9000',
  });
  expect(launchFacts().deadline).toBeLessThan(before + 60_000);
});

test.each([
  ['the time of an event', busEvent({ service: 'auth' }), Date.parse('2025-11-23T08:00:00Z')],
  ['the time of an HTTP API request', httpApiEvent('POST', '/services/auth/start'), Date.parse('2025-11-23T08:00:00Z')],
  ['the time of a REST API request', restEvent('POST', '/services/auth/start'), Date.parse('2025-11-23T08:00:00Z')],
])('%s is the time of the start request', async (_way, event, asked) => {
  await world.invoke(event);
  expect(launchFacts().asked).toBe(asked);
});

const future = Date.parse('2999-01-01T00:00:00Z');
const requestAt = (requestTimeEpoch: unknown) =>
  restEvent('POST', '/services/auth/start', {
    requestContext: { stage: 'prod', httpMethod: 'POST', requestTimeEpoch },
  });

test.each([
  ['an event from the future', busEvent({ service: 'auth' }, { time: '2999-01-01T00:00:00Z' })],
  ['an event without a time', busEvent({ service: 'auth' }, { time: undefined })],
  ['a request from the future', requestAt(future)],
  ['a request without a time', requestAt(undefined)],
  ['a request whose time is text', requestAt('1')],
  // Attack review, finding 17: this one was a 500.
  ['a request with an impossible time', requestAt(-1e300)],
])('%s counts as requested when it arrived', async (_which, event) => {
  const before = Date.now();
  await world.invoke(event);
  const { asked } = launchFacts();
  expect(asked).toBeGreaterThanOrEqual(before);
  expect(asked).toBeLessThanOrEqual(Date.now());
});

test('a direct invoke that Lambda retries counts as requested when it first arrived', async () => {
  const event = { action: 'start', service: 'auth' };
  world.aws.refuse('RunTask', { status: 400, code: 'AccessDeniedException', message: 'no' });
  await world.invoke(event, { requestId: 'request-that-is-retried' });
  const afterFirst = Date.now();
  world.aws.reset();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await world.invoke(event, { requestId: 'request-that-is-retried' });
  expect(launchFacts().asked).toBeLessThanOrEqual(afterFirst);
});

test('a service with the name of a JavaScript built-in is an ordinary service', async () => {
  world.aws.parameters.set('/start-engines/test/services/constructor', {
    cluster: 'engines',
    subnets: ['subnet-1'],
    securityGroups: ['sg-1'],
    taskDefinition: 'constructor',
    port: 8080,
    targetGroupArn: authTargetGroup,
  });
  const { value } = await world.invoke({ action: 'start', services: ['constructor', 'auth'] });
  expect(value).toMatchObject({ body: { results: [{ service: 'constructor' }, { service: 'auth' }] } });
  world.aws.parameters.delete('/start-engines/test/services/constructor');
});

test('status shows tasks with their launch facts, targets and the version of the mapping', async () => {
  await world.invoke(busEvent({ service: 'auth', correlationId: 'order-17' }));
  const { value } = await world.invoke({ action: 'status', service: 'auth' });
  expect(value).toMatchObject({
    statusCode: 200,
    body: {
      service: 'auth',
      tasks: [
        {
          taskId,
          lastStatus: 'RUNNING',
          privateIp: '10.0.0.1',
          launch: { asked: '2025-11-23T08:00:00.000Z', correlationId: 'order-17', waitFor: 'running' },
        },
      ],
      targetGroups: [{ targetGroupArn: authTargetGroup, targets: [{ ip: '10.0.0.1', port: 8080, state: 'healthy' }] }],
      mapping: { versions: { service: 1 }, problems: [] },
    },
  });
});

test.each([
  ['a direct invoke', { action: 'status' }],
  ['an HTTP API', httpApiEvent('GET', '/services')],
  ['a REST API', restEvent('GET', '/services')],
])('%s can request the status of all services', async (_way, event) => {
  const { value } = await world.invoke(event);
  const { statusCode, body } = value as { statusCode: number; body: unknown };
  expect(statusCode).toBe(200);
  expect(typeof body === 'string' ? JSON.parse(body) : body).toMatchObject({
    results: [
      { service: 'auth', tasks: [] },
      { service: 'fa', tasks: [] },
    ],
  });
});

test('an HTTP API can request the status of one service', async () => {
  const { value } = await world.invoke(httpApiEvent('GET', '/services/fa'));
  const { statusCode, body } = value as { statusCode: number; body: string };
  expect([statusCode, JSON.parse(body).service]).toEqual([200, 'fa']);
});

test('a direct invoke can request the status of some services, and gets only those', async () => {
  const { value } = await world.invoke({ action: 'status', services: ['fa'] });
  expect(value).toMatchObject({ statusCode: 200, body: { results: [{ service: 'fa' }] } });
  expect(JSON.stringify(value)).not.toContain('"auth"');
});

test.each([
  ['is running, before any other read', 'RUNNING', ['RegisterTargets', 'ListTasks']],
  [
    'will stop according to the event, only after a read has shown that it will not',
    'STOPPED',
    ['ListTasks', 'RegisterTargets'],
  ],
])('a task state change registers a task that %s', async (_what, desiredStatus, order) => {
  await world.invoke({ action: 'start', service: 'auth', wait: 'none' });
  const before = world.aws.calls.length;
  const change = { taskArn, version: 4, startedBy: 'start-engines/test/auth', desiredStatus };
  await world.invoke(stateChangeEvent(change));
  const made = world.aws.calls.slice(before).map(({ operation }) => operation);
  expect([...new Set(made)].filter((operation) => order.includes(operation))).toEqual(order);
});
