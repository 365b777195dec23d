import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ActivatorWorld, openActivatorWorld } from './support/activator-world.ts';
import { multiValueEvent, type RequestParts, singleValueEvent } from './support/alb-event.ts';

let world: ActivatorWorld;
beforeAll(async () => {
  world = await openActivatorWorld({
    auth: { wake: { paths: ['/api/auth'], title: 'Sign-in' } },
    admin: { wake: { paths: ['/api/auth/admin', '/admin'] } },
    pdf: { wake: { paths: ['/api/pdf'], allowOrigins: ['https://app.example.com'] } },
    open: { wake: { paths: ['/api/open'], allowOrigins: ['*'] } },
    batch: { cluster: 'engines' },
  });
});
afterAll(() => world[Symbol.asyncDispose]());
// Each test begins with an empty cache.
beforeEach(() => world.activator.advance(60_000));

const ask = (parts: RequestParts) => world.activator.invoke(singleValueEvent(parts), { requestId: 'request-1' });
const bodyOf = async (parts: RequestParts) => JSON.parse((await ask(parts)).body);

test('a request for a service that is down gets 503 and a problem document, with nothing else in it', async () => {
  expect(await ask({ headers: { accept: 'application/json' } })).toEqual({
    statusCode: 503,
    statusDescription: '503 Service Unavailable',
    isBase64Encoded: false,
    headers: {
      'Content-Type': 'application/problem+json',
      'Retry-After': '30',
      'Cache-Control': 'no-store',
      Vary: 'Accept, Sec-Fetch-Mode, Sec-Fetch-Dest',
      'X-Content-Type-Options': 'nosniff',
      'X-Robots-Tag': 'noindex',
      'X-Start-Engines': 'starting',
    },
    body: '{"type":"about:blank","title":"The service is starting","status":503,"service":"auth","state":"starting","retryAfterSeconds":30,"requestId":"request-1"}',
  });
});

test('the answer has the form of the request', async () => {
  const result = await world.activator.invoke(multiValueEvent({}));
  expect(result.headers).toBeUndefined();
  expect(result.multiValueHeaders).toMatchObject({ 'X-Start-Engines': ['starting'], 'Cache-Control': ['no-store'] });
});

test.each<[headers: Record<string, string>, isPage: boolean]>([
  [{ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: '*/*' }, true],
  [{ 'Sec-Fetch-Mode': 'navigate' }, true],
  [{ accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }, true],
  [{ Accept: 'application/xml, TEXT/HTML;q=0.5' }, true],
  [{ 'sec-fetch-mode': 'cors', accept: 'text/html' }, false],
  [{ 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', accept: 'text/html' }, false],
  [{ 'sec-fetch-dest': 'script', accept: 'text/html' }, false],
  [{ accept: '*/*' }, false],
  [{ accept: 'text/htmlx' }, false],
  [{}, false],
])('a GET with %j gets the waiting page: %s', async (headers, isPage) => {
  for (const event of [singleValueEvent({ headers }), multiValueEvent({ headers })]) {
    const result = await world.activator.invoke(event);
    const type = result.headers?.['Content-Type'] ?? result.multiValueHeaders?.['Content-Type']?.[0];
    expect(result.statusCode).toBe(503);
    expect(type).toBe(isPage ? 'text/html; charset=utf-8' : 'application/problem+json');
  }
});

test.each([
  ['/api/auth', 'auth'],
  ['/api/auth/', 'auth'],
  ['/api/auth/login', 'auth'],
  ['/api/auth/adminx', 'auth'],
  ['/api/auth/admin', 'admin'],
  ['/api/auth/admin/users', 'admin'],
  ['/admin', 'admin'],
  ['/api/pdf', 'pdf'],
])('%s belongs to %s, by the longest matching path', async (path, service) => {
  expect(await bodyOf({ path })).toMatchObject({ service });
});

test.each(['/', '/api', '/api/authx', '/API/auth', '/api/batch', '/x/api/auth', ''])(
  '%j gets the load balancer’s answer to a path without a service, and wakes nothing',
  async (path) => {
    const before = world.wakes().length;
    for (const headers of [{}, { accept: 'text/html' }]) {
      const { statusCode, body, headers: sent } = await ask({ path, headers });
      expect({ statusCode, body, type: sent?.['Content-Type'] }).toEqual({
        statusCode: 404,
        body: '{"message":"no such service"}',
        type: 'application/json',
      });
    }
    expect(world.wakes().length).toBe(before);
  },
);

test('HEAD gets the headers without a body', async () => {
  const result = await ask({ method: 'HEAD', headers: { 'x-start-engines-poll': '1' } });
  expect(result).toMatchObject({ statusCode: 503, headers: { 'X-Start-Engines': 'starting' }, body: '' });
  expect(await ask({ method: 'HEAD', path: '/nothing' })).toMatchObject({ statusCode: 404, body: '' });
});

test('an event that is not from a load balancer gets 404 and causes no call', async () => {
  const before = world.sandbox.calls.lastSequence;
  for (const event of [undefined, null, 'GET /', [], {}, { httpMethod: 'GET', path: '/api/auth', headers: {} }]) {
    expect(await world.activator.invoke(event)).toMatchObject({ statusCode: 404 });
  }
  expect(world.sandbox.calls.lastSequence).toBe(before);
});

describe('the state that the engine published', () => {
  const at = (milliseconds: number) => new Date(Date.now() + 3_600_000 + milliseconds).toISOString();

  async function publish(activation: unknown) {
    await world.put('activation/admin', activation);
    return await ask({ path: '/admin' });
  }

  test('a pause is shown', async () => {
    const { headers, body } = await publish({ state: 'paused' });
    expect(headers).toMatchObject({ 'X-Start-Engines': 'paused', 'Retry-After': '300' });
    expect(JSON.parse(body)).toMatchObject({ title: 'The service is paused', state: 'paused', retryAfterSeconds: 300 });
  });

  test('a failed start is shown until the back-off ends', async () => {
    const { headers } = await publish({ state: 'failed', retryAt: at(1_000_000_000) });
    expect(headers).toMatchObject({ 'X-Start-Engines': 'failed', 'Retry-After': '900' });
  });

  test('a request after the back-off is a new start, before the engine has published it', async () => {
    const { headers } = await publish({ state: 'failed', retryAt: '2026-01-01T00:00:00.000Z' });
    expect(headers).toMatchObject({ 'X-Start-Engines': 'starting' });
  });

  test('a request that never wakes gets the failure, and the end of the back-off', async () => {
    await world.put('activation/open', { state: 'failed', retryAt: '2026-01-01T00:00:00.000Z' });
    const { headers } = await ask({ method: 'HEAD', path: '/api/open' });
    expect(headers).toMatchObject({ 'X-Start-Engines': 'failed', 'Retry-After': '0' });
  });

  test('Retry-After comes from the usual duration of a start', async () => {
    expect((await publish({ state: 'starting', usualStartSeconds: 47 })).headers).toMatchObject({
      'Retry-After': '47',
    });
  });

  test.each([
    'not JSON',
    '[]',
    '"failed"',
    { state: 'broken' },
    { state: 'starting', since: 7, usualStartSeconds: -1 },
    { state: ['failed'], retryAt: {}, usualStartSeconds: 1e300 },
  ])('%j counts as starting', async (activation) => {
    expect((await publish(activation)).headers).toMatchObject({ 'X-Start-Engines': 'starting', 'Retry-After': '30' });
  });
});

describe('a preflight', () => {
  const headers = {
    origin: 'https://app.example.com',
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'content-type, x-trace',
  };

  test('from a permitted origin is granted and wakes nothing', async () => {
    const before = world.wakes().length;
    const result = await ask({ method: 'OPTIONS', path: '/api/pdf', headers });
    expect(result).toMatchObject({
      statusCode: 204,
      statusDescription: '204 No Content',
      body: '',
      headers: {
        'Access-Control-Allow-Origin': 'https://app.example.com',
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Allow-Methods': 'PUT',
        'Access-Control-Allow-Headers': 'content-type, x-trace',
        Vary: 'Accept, Sec-Fetch-Mode, Sec-Fetch-Dest, Origin',
      },
    });
    expect(world.wakes().length).toBe(before);
  });

  test('from any origin is granted without credentials if the mapping allows all origins', async () => {
    const result = await ask({ method: 'OPTIONS', path: '/api/open', headers });
    expect(result.headers).toMatchObject({ 'Access-Control-Allow-Origin': '*' });
    expect(result.headers).not.toHaveProperty('Access-Control-Allow-Credentials');
  });

  test.each([
    ['/api/auth', 'https://app.example.com'],
    ['/api/pdf', 'https://app.example.com.evil.example'],
    ['/api/pdf', 'null'],
  ])('on %s from %s grants nothing', async (path, origin) => {
    const result = await ask({ method: 'OPTIONS', path, headers: { ...headers, origin } });
    expect(result.statusCode).toBe(204);
    expect(Object.keys(result.headers ?? {}).filter((name) => name.startsWith('Access-Control'))).toEqual([]);
  });

  test('of a path without a service is answered like any other request there', async () => {
    expect(await ask({ method: 'OPTIONS', path: '/nothing', headers })).toMatchObject({ statusCode: 404 });
  });

  test('that is incomplete wakes the service like any other request', async () => {
    const before = world.wakes().length;
    expect(await ask({ method: 'OPTIONS', path: '/api/pdf' })).toMatchObject({ statusCode: 503 });
    expect(world.wakes().length).toBe(before + 1);
  });
});

test('only a permitted origin may read why its request failed', async () => {
  const allowed = await ask({ path: '/api/pdf', headers: { origin: 'https://app.example.com' } });
  expect(allowed.headers).toMatchObject({
    'Access-Control-Allow-Origin': 'https://app.example.com',
    'Access-Control-Expose-Headers': 'Retry-After, X-Start-Engines',
  });
  const other = await ask({ path: '/api/pdf', headers: { origin: 'https://other.example.com' } });
  expect(other.headers).not.toHaveProperty('Access-Control-Allow-Origin');
});
