import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ActivatorWorld, openActivatorWorld } from './support/activator-world.ts';
import { multiValueEvent, type RequestParts, singleValueEvent } from './support/alb-event.ts';

let world: ActivatorWorld;
beforeAll(async () => {
  world = await openActivatorWorld({
    slow: { wake: { paths: ['/slow'], holdSeconds: 25 } },
    auth: { wake: { paths: ['/api/auth', '/'], holdSeconds: 3, allowOrigins: ['https://app.example.com'] } },
  });
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const service of ['auth', 'slow']) await world.put(`activation/${service}`, { state: 'starting' });
  await world.activator.advance(60_000);
});

/** The function's clock ends the holds. */
async function askAndWait(parts: RequestParts) {
  const held = ask(parts);
  await setTimeout(300);
  await world.activator.advance(3_000);
  return await held;
}

const ask = (parts: RequestParts, remainingMs?: number) =>
  world.activator.invoke(singleValueEvent(parts), remainingMs === undefined ? {} : { remainingMs });

test('a held request is redirected to its own URL with 307, which keeps method and body', async () => {
  const before = world.wakes().length;
  const result = await askAndWait({
    method: 'POST',
    path: '/api/auth/login',
    query: { a: '1', b: 'x%20y' },
    body: '{}',
  });
  expect(result).toMatchObject({
    statusCode: 307,
    statusDescription: '307 Temporary Redirect',
    body: '',
    headers: {
      Location: '/api/auth/login?a=1&b=x%20y',
      'Cache-Control': 'no-store',
      'X-Start-Engines': 'starting',
      'X-Robots-Tag': 'noindex',
    },
  });
  expect(world.wakes().length).toBe(before + 1);
});

test('a script of a permitted origin may follow the redirect', async () => {
  const result = await askAndWait({ headers: { origin: 'https://app.example.com' } });
  expect(result).toMatchObject({
    statusCode: 307,
    headers: { 'Access-Control-Allow-Origin': 'https://app.example.com', 'Access-Control-Allow-Credentials': 'true' },
  });
});

// After a second slash or backslash the rest of the path would be a host, and the redirect would lead elsewhere.
test.each([
  ['//evil.example/x', '/.//evil.example/x'],
  ['/\\evil.example', '/./%5Cevil.example'],
  ['/\\/evil.example', '/./%5C/evil.example'],
  ['/a"<script>\r\nSet-Cookie: a=b', '/a%22%3Cscript%3E%0D%0ASet-Cookie:%20a=b'],
  ['/a#b', '/a%23b'],
  ['/ä\ud800', '/%C3%A4%EF%BF%BD'],
])('the redirect of %j stays on its host', async (path, location) => {
  const { headers } = await askAndWait({ path });
  expect(headers?.Location).toBe(location);
  expect(new URL(location, 'https://service.example').host).toBe('service.example');
});

test('the redirect has all repeated query parameters', async () => {
  const event = multiValueEvent({ path: '/api/auth' });
  const { multiValueHeaders } = await world.activator.invoke({
    ...event,
    multiValueQueryStringParameters: { id: ['1', '2'], flag: [''] },
  });
  expect(multiValueHeaders?.Location).toEqual(['/api/auth?id=1&id=2&flag']);
});

test.each(['failed', 'paused'])('a request for a service that is %s is answered 503 at once', async (state) => {
  await world.put('activation/auth', { state, retryAt: '2999-01-01T00:00:00.000Z' });
  expect(await ask({})).toMatchObject({ statusCode: 503, headers: { 'X-Start-Engines': state } });
});

test('a start that fails while a request is held is answered 503', async () => {
  const held = ask({ path: '/slow' });
  await setTimeout(500);
  await world.put('activation/slow', { state: 'failed', retryAt: '2999-01-01T00:00:00.000Z' });
  await world.activator.advance(10_500);
  expect(await held).toMatchObject({ statusCode: 503, headers: { 'X-Start-Engines': 'failed' } });
});

test('the hold ends early when the service is up', async () => {
  const held = ask({ path: '/slow' });
  await setTimeout(500);
  await world.put('activation/slow', { state: 'up' });
  await world.activator.advance(10_500);
  expect(await held).toMatchObject({ statusCode: 307, headers: { Location: '/slow' } });
});

test('a hold lasts 2.5 seconds even if the service is up, so that redirects do not run out', async () => {
  await world.put('activation/auth', { state: 'up' });
  const held = ask({});
  expect(await Promise.race([held, setTimeout(1_200, 'held')])).toBe('held');
  await world.activator.advance(2_500);
  expect(await held).toMatchObject({ statusCode: 307 });
});

test('a request is not held if the function has too little time', async () => {
  expect(await ask({}, 3_000)).toMatchObject({ statusCode: 503 });
});

test('a request is not held if no start could be requested', async () => {
  world.sandbox.faults.plant({ service: 'events', times: 3, fault: { kind: 'access-denied' } });
  expect(await ask({})).toMatchObject({ statusCode: 503 });
  world.sandbox.faults.clear();
});

test.each<[what: string, parts: RequestParts]>([
  ['a navigation', { headers: { 'sec-fetch-mode': 'navigate' } }],
  ['a poll of the waiting page', { method: 'HEAD', headers: { 'x-start-engines-poll': '1' } }],
  ['a request that never wakes', { headers: { 'user-agent': 'kube-probe/1.31' } }],
])('%s is not held', async (_what, parts) => {
  expect(await ask(parts)).toMatchObject({ statusCode: 503 });
});
