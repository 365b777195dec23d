import { expect, test } from 'vitest';
import { parameterPath, secretKey, sessionToken, startActivator } from './support/activator-under-test.ts';
import { openActivatorWorld } from './support/activator-world.ts';
import { singleValueEvent } from './support/alb-event.ts';
import { startFakeAws } from './support/fake-aws.ts';

const auth = singleValueEvent({});
const errors = (log: readonly Readonly<Record<string, unknown>>[]) => log.filter(({ level }) => level !== 'INFO');

test('a request puts one event on the bus, with the service and the workspace of the function', async () => {
  await using world = await openActivatorWorld();
  await world.activator.invoke(auth, { requestId: '5f1d6e0a-0000-4000-8000-000000000001' });
  expect(world.wakes()).toEqual([
    {
      EventBusName: 'engines',
      Source: 'start-engines.activator',
      DetailType: 'Wake ECS Service',
      Detail: {
        service: 'auth',
        workspace: 'test',
        asked: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        correlationId: '5f1d6e0a-0000-4000-8000-000000000001',
      },
    },
  ]);
  expect(errors(world.activator.log)).toEqual([]);
});

test('a service is woken at most once in ten seconds, whatever the number of requests, without delaying others', async () => {
  await using world = await openActivatorWorld();
  const pdf = singleValueEvent({ path: '/api/pdf' });
  await Promise.all(Array.from({ length: 200 }, (_, index) => world.activator.invoke(index % 2 === 0 ? auth : pdf)));
  expect(world.wakes().map(({ Detail }) => Detail)).toEqual([
    expect.objectContaining({ service: 'auth' }),
    expect.objectContaining({ service: 'pdf' }),
  ]);
  await world.activator.advance(4_000);
  await world.activator.invoke(auth);
  expect(world.wakes()).toHaveLength(2);
  await world.activator.advance(6_500);
  await world.activator.invoke(auth);
  expect(world.wakes()).toHaveLength(3);
});

test('the state of a service is read at most once in ten seconds, and its mapping at most once in thirty', async () => {
  await using world = await openActivatorWorld();
  const reads = (operation: string) => world.sandbox.calls.list({ service: 'ssm', operation }).length;
  for (let second = 0; second < 22; second += 1) {
    await world.activator.invoke(auth);
    await world.activator.advance(1_000);
  }
  expect([reads('GetParameters'), reads('GetParametersByPath')]).toEqual([3, 1]);
  await world.activator.advance(9_000);
  await world.activator.invoke(auth);
  expect([reads('GetParameters'), reads('GetParametersByPath')]).toEqual([4, 2]);
});

test.each(['throttle', 'server-error', 'drop-before', 'drop-after', 'no-answer'] as const)(
  'a wake that fails twice with %s is retried within the same request',
  async (kind) => {
    await using world = await openActivatorWorld();
    world.sandbox.faults.plant({ service: 'events', operation: 'PutEvents', times: 2, fault: { kind } });
    expect(await world.activator.invoke(auth)).toMatchObject({ statusCode: 503 });
    expect(world.wakes()).toHaveLength(3);
    expect(errors(world.activator.log)).toEqual([]);
  },
);

test('a wake that could not be put is logged, and the next request tries again at once', async () => {
  await using world = await openActivatorWorld();
  world.sandbox.faults.plant({ service: 'events', operation: 'PutEvents', times: 3, fault: { kind: 'throttle' } });
  expect(await world.activator.invoke(auth)).toMatchObject({ statusCode: 503 });
  expect(errors(world.activator.log)).toEqual([
    expect.objectContaining({
      level: 'ERROR',
      message: 'a start could not be requested',
      mapping: 'auth',
      error: { name: 'ThrottlingException', message: expect.any(String) },
    }),
  ]);
  await world.activator.invoke(auth);
  expect(world.wakes()).toHaveLength(4);
});

test('a denied wake is logged and not repeated within the request', async () => {
  await using world = await openActivatorWorld();
  world.sandbox.faults.plant({ service: 'events', operation: 'PutEvents', fault: { kind: 'access-denied' } });
  expect(await world.activator.invoke(auth)).toMatchObject({ statusCode: 503 });
  expect(errors(world.activator.log)).toMatchObject([{ error: { name: 'AccessDeniedException' } }]);
  expect(world.wakes()).toHaveLength(1);
});

const mappings = {
  Parameters: [{ Name: `${parameterPath}/services/auth`, Value: JSON.stringify({ wake: { paths: ['/api/auth'] } }) }],
};

test('an entry that PutEvents refuses in an answer with status 200 is retried', async () => {
  const refused = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'try again' }] };
  await using aws = await startFakeAws((target, nth) => {
    if (target !== 'AWSEvents.PutEvents') return [200, mappings];
    return [200, nth <= 5 ? refused : { FailedEntryCount: 0, Entries: [{ EventId: '1' }] }];
  });
  await using activator = await startActivator(aws.endpoint);
  const puts = () => aws.calls.filter(({ target }) => target === 'AWSEvents.PutEvents').length;
  await activator.invoke(auth);
  expect(puts()).toBe(3);
  expect(errors(activator.log)).toMatchObject([{ error: { name: 'InternalFailure', message: 'try again' } }]);
  await activator.invoke(auth);
  await activator.invoke(auth);
  expect(puts()).toBe(6);
  expect(errors(activator.log)).toHaveLength(1);
});

test('calls are signed with the environment’s credentials, which never appear in the log', async () => {
  const quoted = `The signature does not match. ${secretKey} ${sessionToken}\nx-amz-security-token:${sessionToken}`;
  await using aws = await startFakeAws((target) =>
    target === 'AWSEvents.PutEvents'
      ? [403, { __type: 'com.amazon.coral.service#InvalidSignatureException', message: quoted }]
      : [200, mappings],
  );
  await using activator = await startActivator(aws.endpoint);
  await activator.invoke(auth);
  for (const { target, headers } of aws.calls) {
    const service = target.startsWith('AmazonSSM') ? 'ssm' : 'events';
    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-security-token': sessionToken,
      authorization: expect.stringMatching(
        new RegExp(`^AWS4-HMAC-SHA256 Credential=AKIAACTIVATOR/\\d{8}/us-east-2/${service}/aws4_request, .*Signature=`),
      ),
    });
  }
  expect(errors(activator.log)).toMatchObject([{ error: { name: 'InvalidSignatureException' } }]);
  expect(JSON.stringify(activator.log)).not.toMatch(new RegExp(`${secretKey}|${sessionToken}`));
});

test('an unreadable mapping affects only its own service, which keeps its last settings', async () => {
  await using world = await openActivatorWorld({
    auth: { wake: { paths: ['/api/auth'] } },
    pdf: {
      wake: { paths: ['/api/pdf'], title: 7, holdSeconds: 'long', ignorePaths: { a: 1 }, allowOrigins: [null, 3] },
    },
    fa: 'not JSON',
    users: { wake: { paths: [1, null] } },
    batch: { wake: 'yes' },
    Mail: { wake: { paths: ['/api/auth/x'] } },
  });
  const statusOf = async (path: string) => {
    const { statusCode, body } = await world.activator.invoke(singleValueEvent({ path }));
    return `${statusCode} ${JSON.parse(body).service ?? ''}`;
  };
  expect(await statusOf('/api/auth/x')).toBe('503 auth');
  expect(await statusOf('/api/pdf')).toBe('503 pdf');
  expect(
    errors(world.activator.log)
      .map(({ mapping }) => mapping)
      .toSorted(),
  ).toEqual(['batch', 'fa', 'users']);

  await world.put('services/auth', '{"wake":');
  await world.activator.advance(60_000);
  expect(await statusOf('/api/auth')).toBe('503 auth');

  await world.put('services/auth', { cluster: 'engines' });
  await world.activator.advance(60_000);
  expect(await statusOf('/api/auth')).toBe('404 ');
});

test('services on all pages are known', async () => {
  const names = Array.from({ length: 25 }, (_, index) => `s${index}`);
  await using world = await openActivatorWorld(
    Object.fromEntries(names.map((name) => [name, { wake: { paths: [`/${name}`] } }])),
  );
  await world.activator.invoke(singleValueEvent({ path: '/s24' }));
  await world.activator.invoke(singleValueEvent({ path: '/s0' }));
  expect(world.wakes().map(({ Detail }) => (Detail as { service: string }).service)).toEqual(['s24', 's0']);
  expect(world.sandbox.calls.list({ operation: 'GetParametersByPath' })).toHaveLength(3);
});

test('until the mappings have been read once, every request is answered as for a starting service', async () => {
  await using world = await openActivatorWorld();
  world.sandbox.faults.plant({ service: 'ssm', times: Number.POSITIVE_INFINITY, fault: { kind: 'throttle' } });
  const { statusCode, headers, body } = await world.activator.invoke(auth);
  expect({ statusCode, ...JSON.parse(body) }).toMatchObject({ statusCode: 503, state: 'starting' });
  expect(headers).toMatchObject({ 'X-Start-Engines': 'starting' });
  expect(JSON.parse(body)).not.toHaveProperty('service');
  expect(errors(world.activator.log)).toMatchObject([{ message: 'the service mappings could not be read' }]);
  world.sandbox.faults.clear();
  await world.activator.advance(2_000);
  await world.activator.invoke(auth);
  expect(world.wakes()).toHaveLength(1);
});

test('cached mappings stay in use while Parameter Store does not answer', async () => {
  await using world = await openActivatorWorld();
  await world.activator.invoke(auth);
  world.sandbox.faults.plant({ service: 'ssm', times: Number.POSITIVE_INFINITY, fault: { kind: 'server-error' } });
  await world.activator.advance(60_000);
  const { body, headers } = await world.activator.invoke(auth);
  expect(JSON.parse(body)).toMatchObject({ service: 'auth', state: 'starting' });
  expect(headers).toMatchObject({ 'X-Start-Engines': 'starting' });
  expect(world.wakes()).toHaveLength(2);
});
