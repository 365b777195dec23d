import { StartEnginesError } from '@start-engines/core';
import { describe, expect, it } from 'vitest';
import { authDocument } from './support/documents.ts';
import { authName, createFixture, defaultsName } from './support/fixture.ts';

async function errorOf(promise: Promise<unknown>): Promise<StartEnginesError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StartEnginesError) return error;
  throw new Error('expected a StartEnginesError', { cause: error });
}

describe('a service mapping from Parameter Store', () => {
  it('takes one call for the defaults, the service and Terraform’s records', async () => {
    await using fixture = await createFixture();
    const { mapping, versions, problems } = await fixture.mappings.load('auth');
    expect(mapping).toMatchObject({ service: 'auth', cluster: 'engines', port: 8080 });
    expect(versions).toEqual({ service: 1, defaults: 1 });
    expect(problems).toEqual([]);
    expect(fixture.store.calls).toEqual([
      { operation: 'GetParameters', names: [defaultsName, authName, '/start-engines/dev/deployed/auth'] },
    ]);
  });

  it('needs no defaults parameter', async () => {
    await using fixture = await createFixture();
    await fixture.store.remove(defaultsName);
    await fixture.store.put(authName, { ...authDocument(), cluster: 'own', subnets: ['subnet-a'] });
    const { mapping, versions } = await fixture.mappings.load('auth');
    expect(mapping.cluster).toBe('own');
    expect(versions).toEqual({ service: 2 });
  });

  it('invariant 7: an edit takes effect within the TTL, and until then nothing is read again', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    await fixture.store.put(authName, { ...authDocument(), port: 8081 });
    fixture.passSeconds(29.999);
    expect((await fixture.mappings.load('auth')).mapping.port).toBe(8080);
    expect(fixture.store.calls).toHaveLength(1);
    fixture.passSeconds(0.001);
    const { mapping, versions } = await fixture.mappings.load('auth');
    expect(mapping.port).toBe(8081);
    expect(versions).toEqual({ service: 2, defaults: 1 });
    expect(fixture.store.calls).toHaveLength(2);
  });

  it('is not cached longer if the clock is set back', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    await fixture.store.put(authName, { ...authDocument(), port: 8081 });
    fixture.passSeconds(-3600);
    expect((await fixture.mappings.load('auth')).mapping.port).toBe(8081);
  });

  it('is read once for all callers at the same time', async () => {
    await using fixture = await createFixture();
    await fixture.store.put('/start-engines/dev/services/pdf', { ...authDocument(), port: 9080 });
    const loads = ['auth', 'auth', 'pdf', 'auth'].map((service) => fixture.mappings.load(service));
    expect((await Promise.all(loads)).map(({ mapping }) => mapping.port)).toEqual([8080, 8080, 9080, 8080]);
    expect(fixture.store.calls).toHaveLength(2);
  });

  it('is read every time if the TTL is 0', async () => {
    await using fixture = await createFixture({ ttlSeconds: 0 });
    await fixture.mappings.load('auth');
    await fixture.mappings.load('auth');
    expect(fixture.store.calls).toHaveLength(2);
  });
});

// A new user's first steps: `mappings put` and then `restart` ran the old mapping.
describe('a caller that needs a mapping read after a given time', () => {
  it('reads it again within the TTL, once', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    await fixture.store.put(authName, { ...authDocument(), port: 8081 });
    fixture.passSeconds(1);
    const readSince = fixture.now();
    expect((await fixture.mappings.load('auth', readSince)).mapping.port).toBe(8081);
    fixture.passSeconds(1);
    expect((await fixture.mappings.load('auth', readSince)).mapping.port).toBe(8081);
    expect(fixture.store.calls).toHaveLength(2);
  });

  it('does not share a call that began earlier', async () => {
    await using fixture = await createFixture();
    const earlier = fixture.mappings.load('auth');
    fixture.passSeconds(1);
    const later = [0, 0].map(() => fixture.mappings.load('auth', fixture.now()));
    await Promise.all([earlier, ...later]);
    expect(fixture.store.calls).toHaveLength(2);
  });

  it('keeps the newer of two answers, whichever arrives last', async () => {
    await using fixture = await createFixture();
    fixture.store.delayNext(300);
    const earlier = fixture.mappings.load('auth');
    fixture.passSeconds(1);
    const readSince = fixture.now();
    await fixture.mappings.load('auth', readSince);
    await earlier;
    await fixture.mappings.load('auth', readSince);
    expect(fixture.store.calls).toHaveLength(2);
  });

  it('gets an error if Parameter Store does not answer, while other callers get the cached mapping', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    fixture.passSeconds(1);
    fixture.store.plant('throttle');
    expect((await errorOf(fixture.mappings.load('auth', fixture.now()))).code).toBe('MappingUnavailable');
    expect((await fixture.mappings.load('auth')).mapping.port).toBe(8080);
    expect(fixture.store.calls).toHaveLength(2);
  });

  it('gets the newest valid version if the edit is invalid', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    await fixture.store.put(authName, { ...authDocument(), port: 'many' });
    fixture.passSeconds(1);
    const { mapping, problems } = await fixture.mappings.load('auth', fixture.now());
    expect([mapping.port, problems.map(({ version, key }) => [version, key])]).toEqual([8080, [[2, 'port']]]);
  });
});

describe('a service that does not exist', () => {
  it('is an UnknownService, and known as soon as it is written', async () => {
    await using fixture = await createFixture();
    const error = await errorOf(fixture.mappings.load('pdf'));
    expect(error.code).toBe('UnknownService');
    expect(error.message).toBe('There is no service "pdf".');
    await fixture.store.put('/start-engines/dev/services/pdf', { ...authDocument(), port: 9080 });
    expect((await fixture.mappings.load('pdf')).mapping.port).toBe(9080);
  });

  it('does not reappear from the cache after it was deleted', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    await fixture.store.remove(authName);
    fixture.passSeconds(30);
    expect((await errorOf(fixture.mappings.load('auth'))).code).toBe('UnknownService');
    fixture.store.plant('throttle');
    expect((await errorOf(fixture.mappings.load('auth'))).code).toBe('MappingUnavailable');
  });

  it.each([
    'auth:1',
    '../defaults',
    'defaults',
    'all',
    'Auth',
    '',
    'a'.repeat(25),
    'a/b',
    undefined,
    { a: 1 },
    ['auth'],
  ])('is not looked up in Parameter Store if its name is invalid: %j', async (name) => {
    await using fixture = await createFixture();
    const error = await errorOf(fixture.mappings.load(name as string));
    expect(error.code).toBe('UnknownService');
    expect(fixture.store.calls).toEqual([]);
  });
});

describe('when Parameter Store does not answer', () => {
  const kinds = ['throttle', 'server-error', 'access-denied', 'no-answer', 'drop-before'] as const;

  it.each(kinds)('invariant 7: a failed first load (%s) is an error, and the next load tries again', async (kind) => {
    await using fixture = await createFixture();
    fixture.store.plant(kind);
    const error = await errorOf(fixture.mappings.load('auth'));
    expect(error).toMatchObject({ code: 'MappingUnavailable', retryable: true, statusCode: 503 });
    expect(error.cause).toBeInstanceOf(Error);
    expect((await fixture.mappings.load('auth')).mapping.port).toBe(8080);
  });

  it.each(kinds)('invariant 7: the cached mapping stays in use (%s), and this is reported', async (kind) => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    fixture.passSeconds(90);
    fixture.store.plant(kind);
    const { mapping, versions, problems } = await fixture.mappings.load('auth');
    expect(mapping.port).toBe(8080);
    expect(versions).toEqual({ service: 1, defaults: 1 });
    expect(problems).toEqual([
      {
        parameter: authName,
        version: 1,
        key: '',
        message: expect.stringMatching(
          /^could not be read again, so the version from 90 s ago stays in use: Parameter Store /,
        ),
      },
    ]);
  });

  it('invariant 7: the problems of the newest edit are still reported while the version before it is in use', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(authName, { ...authDocument(), port: '8082' });
    await fixture.mappings.load('auth');
    fixture.passSeconds(30);
    fixture.store.plant('throttle');
    const { mapping, problems } = await fixture.mappings.load('auth');
    expect(mapping.port).toBe(8080);
    expect(problems.map(({ key, version }) => [key, version])).toEqual([
      ['port', 2],
      ['', 1],
    ]);
  });

  it('the error names the cause', async () => {
    await using fixture = await createFixture();
    const messages: string[] = [];
    for (const kind of kinds) {
      fixture.store.plant(kind);
      messages.push((await errorOf(fixture.mappings.load('auth'))).message);
    }
    expect(messages).toEqual([
      'Parameter Store throttled the call (ThrottlingException).',
      'Parameter Store did not answer, or answered with a server error (InternalServerError).',
      'Parameter Store refused access (AccessDeniedException).',
      'Parameter Store did not answer, or answered with a server error (TimeoutError).',
      'Parameter Store did not answer, or answered with a server error (TimeoutError).',
    ]);
  });

  it('the next call comes after five seconds, and a success clears the problem', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    await fixture.store.put(authName, { ...authDocument(), port: 8081 });
    fixture.passSeconds(30);
    fixture.store.plant('throttle', { times: 2 });
    await fixture.mappings.load('auth');
    fixture.passSeconds(4.999);
    expect((await fixture.mappings.load('auth')).problems).toHaveLength(1);
    expect(fixture.store.calls).toHaveLength(2);
    fixture.passSeconds(0.001);
    expect((await fixture.mappings.load('auth')).problems).toHaveLength(1);
    expect(fixture.store.calls).toHaveLength(3);
    fixture.passSeconds(5);
    const { mapping, problems } = await fixture.mappings.load('auth');
    expect(mapping.port).toBe(8081);
    expect(problems).toEqual([]);
  });

  it('the next call comes after the TTL if that is shorter', async () => {
    await using fixture = await createFixture({ ttlSeconds: 1 });
    await fixture.mappings.load('auth');
    fixture.passSeconds(1);
    fixture.store.plant('throttle');
    await fixture.mappings.load('auth');
    fixture.passSeconds(1);
    expect((await fixture.mappings.load('auth')).problems).toEqual([]);
  });
});
