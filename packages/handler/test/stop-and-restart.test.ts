import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { busEvent, httpApiEvent, restEvent, stateChangeEvent } from './support/events.ts';
import { authTargetGroup, startWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({}, 10);
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.aws.reset());

const arnOf = (number: number) => `arn:aws:ecs:us-east-2:111122223333:task/engines/${String(number).padStart(32, '0')}`;
const taskArn = arnOf(1);
const stopped = {
  service: 'auth',
  tasksStopped: [taskArn],
  targetsDeregistered: [{ targetGroupArn: authTargetGroup, ip: '10.0.0.1', port: 8080 }],
  status: 'stopped',
};
const denied = { status: 400, code: 'AccessDeniedException', message: 'arn:aws:sts::111122223333:role may not' };
const now = () => new Date(world.now()).toISOString();

const bodyOf = (value: unknown) => JSON.parse((value as { body: string }).body);

const stops = { 'detail-type': 'Stop ECS Tasks' };
const idle = (service: string) => ({ service, tasksStopped: [], targetsDeregistered: [], status: 'not-running' });

describe('a stop', () => {
  test('by an event on the bus stops the service and reports what it did', async () => {
    await world.invoke({ action: 'start', service: 'auth' });
    const { value } = await world.invoke(busEvent({ services: ['auth'] }, { ...stops, time: now() }));
    expect(value).toEqual({ statusCode: 200, body: { results: [stopped] } });
    expect(world.changes().slice(3)).toEqual(['TagResource', 'DeregisterTargets', 'StopTask']);
  });

  test('over HTTP answers with text', async () => {
    await world.invoke({ action: 'start', service: 'auth' });
    const event = httpApiEvent('POST', '/services/auth/stop', { requestContext: later(httpApiEvent) });
    const { value } = await world.invoke(event);
    expect((value as { statusCode: number }).statusCode).toBe(200);
    expect(bodyOf(value)).toEqual({ results: [stopped] });
  });

  test.each([
    ['an event of one service', busEvent({ service: 'auth' }, stops)],
    ['a direct invoke', { action: 'stop', service: 'auth' }],
    ['a list', { action: 'stop', services: ['auth'], deregister_targets: true }],
  ])('by %s of a service that does not run reports that', async (_way, event) => {
    const { value } = await world.invoke(event);
    expect(value).toEqual({ statusCode: 200, body: { results: [idle('auth')] } });
    expect(world.changes()).toEqual([]);
  });

  test('by a REST API of a service that does not run reports that', async () => {
    const { value } = await world.invoke(restEvent('POST', '/services/auth/stop'));
    expect([(value as { statusCode: number }).statusCode, bodyOf(value)]).toEqual([200, { results: [idle('auth')] }]);
  });

  test('of several services has a result for each, in the order of the request', async () => {
    const { value } = await world.invoke({ action: 'stop', services: ['fa', 'auth'] });
    expect(value).toEqual({ statusCode: 200, body: { results: [idle('fa'), idle('auth')] } });
  });

  test('of all services has a result for each of them', async () => {
    const { value } = await world.invoke({ action: 'stop', services: 'all' });
    expect(value).toEqual({ statusCode: 200, body: { results: [idle('auth'), idle('fa')] } });
  });

  test('requested before the start keeps the service up, and reports that', async () => {
    await world.invoke({ action: 'start', service: 'auth' });
    const { value } = await world.invoke(busEvent({ service: 'auth' }, stops));
    expect(value).toEqual({ statusCode: 200, body: { results: [{ ...idle('auth'), status: 'kept' }] } });
  });
});

/** A request made now, after the start. */
function later(request: typeof httpApiEvent) {
  const context = request('POST', '/services/auth/stop').requestContext as Record<string, unknown>;
  return { ...context, timeEpoch: world.now(), requestTimeEpoch: world.now() };
}

describe('R31, R32: a stop that fails', () => {
  const targetsDeregistered = stopped.targetsDeregistered;

  beforeEach(async () => {
    await world.invoke({ action: 'start', service: 'auth' });
    world.aws.refuse('StopTask', denied);
  });

  test('is thrown with its own name and with what was done before', async () => {
    const { value, thrown } = await world.invoke({ action: 'stop', service: 'auth' });
    expect([value, thrown?.name]).toEqual([undefined, 'AwsAccessDenied']);
    expect(JSON.parse(thrown?.message.split(' Results: ')[1] ?? '')).toEqual([
      { service: 'auth', tasksStopped: [], targetsDeregistered, status: 'failed' },
    ]);
  });

  test('among several is SeveralFailed, with the results of all', async () => {
    const { thrown } = await world.invoke({ action: 'stop', services: ['auth', 'fa'] });
    expect(thrown?.name).toBe('SeveralFailed');
    const [summary, results] = thrown?.message.split(' Results: ') ?? [];
    expect(summary).toBe('1 of 2 services failed (auth: AwsAccessDenied).');
    expect(JSON.parse(results ?? '')).toMatchObject([
      { service: 'auth', error: 'AwsAccessDenied', tasksStopped: [], targetsDeregistered, status: 'failed' },
      { service: 'fa', status: 'not-running' },
    ]);
  });

  test('over HTTP gives a status code and a typed body, without AWS’s message', async () => {
    const { value } = await world.invoke(
      httpApiEvent('POST', '/services/auth/stop', { requestContext: later(httpApiEvent) }),
      { requestId: 'request-3' },
    );
    expect((value as { statusCode: number }).statusCode).toBe(500);
    expect(bodyOf(value)).toEqual({
      error: 'AwsAccessDenied',
      message: 'AWS denied the call: a permission is missing.',
      results: [{ service: 'auth', tasksStopped: [], targetsDeregistered, status: 'failed' }],
      retryable: false,
      correlationId: 'request-3',
    });
  });
});

describe('a restart', () => {
  beforeEach(async () => {
    await world.invoke({ action: 'start', service: 'auth' });
    // Tasks created within one millisecond have no order.
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  const restarted = {
    message: 'auth was restarted and is healthy.',
    service: 'auth',
    taskArn: arnOf(2),
    taskId: '00000000000000000000000000000002',
    privateIp: '10.0.0.2',
    port: 8080,
    targetGroupArn: authTargetGroup,
    healthStatus: 'healthy',
    reused: false,
    replacedTasks: [taskArn],
  };

  test('replaces the task and names the new one', async () => {
    const event = busEvent({ service: 'auth' }, { 'detail-type': 'Restart ECS Task', time: now() });
    const { value } = await world.invoke(event);
    expect(value).toEqual({ statusCode: 200, body: restarted });
    expect(world.changes().slice(3)).toEqual([
      'RunTask',
      'RegisterTargets',
      'TagResource',
      'TagResource',
      'DeregisterTargets',
      'StopTask',
    ]);
  });

  test('over HTTP answers with text', async () => {
    const event = httpApiEvent('POST', '/services/auth/restart', { requestContext: later(httpApiEvent) });
    const { value } = await world.invoke(event);
    expect((value as { statusCode: number }).statusCode).toBe(200);
    expect(bodyOf(value)).toEqual(restarted);
  });

  test('of a list with one service has a list with one body', async () => {
    const { value } = await world.invoke({ action: 'restart', services: ['auth'] });
    expect(value).toEqual({ statusCode: 200, body: { results: [restarted] } });
  });

  test('among several that fails is SeveralFailed, with the results of the others', async () => {
    const { thrown } = await world.invoke({ action: 'restart', services: ['auth', 'nosuch'] });
    expect(thrown?.name).toBe('SeveralFailed');
    expect(thrown?.message).toContain(
      '1 of 2 services failed (nosuch: UnknownService). Results: [{"message":"auth was',
    );
  });
});

describe('a reconcile', () => {
  test('without drift answers that nothing was done, and changes nothing', async () => {
    await world.invoke({ action: 'start', service: 'auth' });
    const before = world.changes().length;
    const { value } = await world.invoke({ action: 'reconcile' });
    expect(value).toEqual({ statusCode: 200, body: { results: [] } });
    expect(world.changes().length).toBe(before);
  });

  test('as a dry run reports what it would do and why, and changes nothing', async () => {
    await world.invoke({ action: 'start', service: 'auth', wait: 'none' });
    const before = world.changes().length;
    const { value } = await world.invoke({ action: 'reconcile', dryRun: true });
    const registered = [{ targetGroupArn: authTargetGroup, ip: '10.0.0.1', port: 8080 }];
    expect(value).toEqual({
      statusCode: 200,
      body: {
        dryRun: true,
        results: [
          {
            service: 'auth',
            registered,
            deregistered: [],
            tasksRetired: [],
            tasksStopped: [],
            remarks: [],
            drift: [expect.stringMatching(/^Task .* is running and not registered in auth-tg\.$/)],
          },
        ],
      },
    });
    expect(world.changes().length).toBe(before);
  });

  test('whose dryRun is neither true nor false is refused, because a mistake must not cause a real run', async () => {
    const { thrown } = await world.invoke({ action: 'reconcile', dryRun: 'true' });
    expect(thrown).toMatchObject({ name: 'InvalidRequest', message: expect.stringContaining('dryRun') });
  });

  test('registers the task of a start that waited for nothing', async () => {
    await world.invoke({ action: 'start', service: 'auth', wait: 'none' });
    const { value } = await world.invoke({ action: 'reconcile' });
    const registered = [{ targetGroupArn: authTargetGroup, ip: '10.0.0.1', port: 8080 }];
    const nothingElse = { deregistered: [], tasksRetired: [], tasksStopped: [], remarks: [] };
    expect(value).toEqual({ statusCode: 200, body: { results: [{ service: 'auth', registered, ...nothingElse }] } });
  });
});

describe('a task state change of ECS', () => {
  const startedBy = 'start-engines/test/auth';

  test('registers the task of a start that waited for nothing', async () => {
    await world.invoke({ action: 'start', service: 'auth', wait: 'none' });
    const { value } = await world.invoke(stateChangeEvent({ taskArn, version: 4, startedBy }));
    expect(value).toMatchObject({
      statusCode: 200,
      body: { results: [{ service: 'auth', registered: [{ port: 8080 }] }] },
    });
    expect(world.changes()).toEqual(['RunTask', 'RegisterTargets', 'TagResource']);
  });

  test.each([
    ['another owner', { startedBy: 'ecs-svc/1234567890123456789' }],
    ['another workspace', { startedBy: 'start-engines/prod/auth' }],
    ['an unknown owner', {}],
  ])('of a task started by %s costs no call', async (_whose, owner) => {
    const { value } = await world.invoke(stateChangeEvent({ taskArn, version: 4, ...owner }));
    expect(value).toEqual({ statusCode: 200, body: { results: [] } });
    expect(world.aws.calls).toEqual([]);
  });

  test.each([
    ['no version', { taskArn, startedBy }, 'version must be a whole number from 0 to 9007199254740991, not missing.'],
    [
      'an invalid ARN',
      { taskArn: 'x', version: 4, startedBy },
      'taskArn must be the ARN of a task, not the string "x".',
    ],
    [
      'an owner that is not text',
      { taskArn, version: 4, startedBy: 1 },
      'startedBy must be who started the task, not 1.',
    ],
  ])('with %s is refused', async (_what, detail, message) => {
    const { thrown } = await world.invoke(stateChangeEvent(detail));
    expect(thrown).toEqual({ name: 'InvalidRequest', message });
    expect(world.aws.calls).toEqual([]);
  });
});
