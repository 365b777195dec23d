import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { httpApiEvent, restEvent } from './support/events.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.aws.reset());
// Invariant 5: a refused request has changed nothing.
afterEach(() => expect(world.changes()).toEqual([]));

async function httpRefusalOf(event: unknown) {
  const { value, thrown } = await world.invoke(event);
  expect(thrown).toBeUndefined();
  const { statusCode, headers, body } = value as { statusCode: number; headers: object; body: string };
  return { statusCode, headers, body: JSON.parse(body) };
}

const name = 'the name of a service (1 to 24 of a-z, 0-9 and "-", a letter first; not "all" or "defaults")';

test.each([
  ['an unknown path', httpApiEvent('GET', '/nowhere'), 404, 'The path does not exist.'],
  ['a path below a route', restEvent('POST', '/services/auth/start/now'), 404, 'The path does not exist.'],
  ['the wrong method', httpApiEvent('GET', '/services/auth/start'), 405, 'The path does not support this method.'],
  [
    'a method from the prototype',
    httpApiEvent('constructor', '/services'),
    405,
    'The path does not support this method.',
  ],
  ['a body that is not JSON', httpApiEvent('POST', '/services/auth/start', { body: '{' }), 400, 'body must be JSON.'],
  [
    'a body that is not an object',
    httpApiEvent('POST', '/services/auth/start', { body: '[]' }),
    400,
    'body must be a JSON object, not an empty list.',
  ],
  [
    'a body that is not UTF-8',
    httpApiEvent('POST', '/services/auth/start', { body: '/////w==', isBase64Encoded: true }),
    400,
    'body must be UTF-8.',
  ],
  [
    'a body that is too long',
    restEvent('POST', '/services/auth/start', { body: ' '.repeat(16_385) }),
    400,
    'body must have at most 16384 bytes.',
  ],
  [
    'a body in base64 that is too long',
    restEvent('POST', '/services/auth/start', {
      body: Buffer.from(' '.repeat(16_385)).toString('base64'),
      isBase64Encoded: true,
    }),
    400,
    'body must have at most 16384 bytes.',
  ],
  [
    'a body that is too long in bytes, not in characters',
    restEvent('POST', '/services/auth/start', { body: 'é'.repeat(8_193) }),
    400,
    'body must have at most 16384 bytes.',
  ],
  [
    'a body that is not text',
    restEvent('POST', '/services/auth/start', { body: { wait: 'none' } }),
    400,
    'body must be text, not an object.',
  ],
  ['a path before a route', restEvent('GET', '/x/services'), 404, 'The path does not exist.'],
  [
    'a body that names another service',
    httpApiEvent('POST', '/services/auth/start', { body: '{"service":"fa"}' }),
    400,
    'service is not allowed in the body.',
  ],
  [
    'a body that names several services',
    httpApiEvent('POST', '/services/auth/stop', { body: '{"services":["fa"]}' }),
    400,
    'services is not allowed in the body.',
  ],
  [
    'a body with a correlation ID, which belongs in a header',
    httpApiEvent('POST', '/services/auth/stop', { body: '{"correlationId":"a"}' }),
    400,
    'correlationId is not allowed in the body.',
  ],
  [
    'an unknown field',
    httpApiEvent('POST', '/services/auth/stop', { body: '{"dryRun":true}' }),
    400,
    'The body has an unknown field: "dryRun".',
  ],
  [
    'a wait for healthy',
    httpApiEvent('POST', '/services/auth/start', { body: '{"waitForHealthy":false}' }),
    400,
    'waitForHealthy cannot be set over HTTP: the answer is sent as soon as the task is launched.',
  ],
  [
    'a wait for nothing and for healthy',
    httpApiEvent('POST', '/services/auth/start', { body: '{"wait":"none","waitForHealthy":true}' }),
    400,
    'waitForHealthy cannot be set over HTTP: the answer is sent as soon as the task is launched.',
  ],
  [
    'a wait that is too long for API Gateway',
    httpApiEvent('POST', '/services/auth/start', { body: '{"wait":"healthy"}' }),
    400,
    'wait cannot be set over HTTP: the answer is sent as soon as the task is launched.',
  ],
  [
    'an invalid name',
    httpApiEvent('GET', '/services/auth%3A1'),
    400,
    `service must be ${name}, not the string "auth%3A1".`,
  ],
  [
    'an override that is malformed',
    httpApiEvent('POST', '/services/auth/start', { body: '{"port":"8080"}' }),
    400,
    'port must be a whole number from 1 to 65535, not the string "8080".',
  ],
  [
    'a correlation ID with a line break',
    httpApiEvent('GET', '/services', { headers: { 'X-Correlation-Id': 'a\nb' } }),
    400,
    'x-correlation-id must be 1 to 128 characters of letters, digits and . _ : / @ = + -.',
  ],
])('%s is refused with a status and the reason', async (_what, event, status, message) => {
  const { statusCode, body } = await httpRefusalOf(event);
  expect([statusCode, body.error, body.message]).toEqual([status, 'InvalidRequest', message]);
});

test('the answer to a wrong method lists the allowed ones', async () => {
  const { headers } = await httpRefusalOf(httpApiEvent('DELETE', '/services/auth/stop'));
  expect(headers).toMatchObject({ allow: 'POST' });
});

test('the answer names a malformed field next to the message', async () => {
  const { body } = await httpRefusalOf(httpApiEvent('POST', '/services/auth/start', { body: '{"port":"8080"}' }));
  expect(body).toMatchObject({ field: 'port', retryable: false });
});

test('a forbidden override is 403 and names the fields', async () => {
  const { statusCode, body } = await httpRefusalOf(
    httpApiEvent('POST', '/services/auth/start', { body: '{"cluster":"other","port":1}' }),
  );
  expect([statusCode, body.error, body.fields]).toEqual([403, 'OverrideNotAllowed', ['cluster', 'port']]);
});

test('an unknown service is 404, and no other service is named', async () => {
  const { statusCode, body } = await httpRefusalOf(httpApiEvent('POST', '/services/nosuch/start'));
  expect([statusCode, body.error]).toEqual([404, 'UnknownService']);
  // A correlation ID may contain "fa".
  expect(body.message).not.toMatch(/auth|fa\b/);
});
