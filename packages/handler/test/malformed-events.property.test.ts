import { errorCatalog } from '@start-engines/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { busEvent, httpApiEvent, restEvent, stateChangeEvent } from './support/events.ts';
import { type SandboxWorld, startSandboxWorld } from './support/sandbox-world.ts';

const runs = 1_000;
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

let world: SandboxWorld;
beforeAll(async () => {
  world = await startSandboxWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/**
 * Any JSON except the name of an existing service. Its keys include the property names of JavaScript's built-in
 * objects.
 */
const key = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'service', 'services', 'port', 'environment', 'wait'),
  fc.string({ maxLength: 12 }),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      null,
      true,
      false,
      0,
      -1,
      8080.5,
      1e300,
      '',
      'Auth',
      'all',
      ' auth',
      'auth,fa',
      '8080',
      'arn:aws:ecs:x',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

/** Fields of a well-formed start, one of which is then replaced. */
const badFields = fc.oneof(
  fc.tuple(
    fc.constantFrom('cluster', 'taskDefinition', 'targetGroupArn', 'subnets', 'securityGroups', 'containerName'),
    fc.oneof(fc.integer(), fc.constantFrom(null, '', ' x', 'a b', [], {}, [null], [''], 'arn:aws:ecs:nowhere')),
  ),
  fc.tuple(
    fc.constant('port'),
    fc.oneof(fc.string(), fc.integer({ max: 0 }), fc.integer({ min: 65_536 }), fc.constant(null)),
  ),
  fc.tuple(
    fc.constant('environment'),
    fc.constantFrom(null, [], {}, { A: 1 }, { '': 'x' }, { 'A B': 'x' }, { A: null }),
  ),
  fc.tuple(fc.constant('startTimeoutSeconds'), fc.constantFrom(null, '300', 0, -1, 9, 841, 10.5)),
  fc.tuple(fc.constant('wait'), fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom(null, 1, 'Healthy', []))),
  fc.tuple(fc.constant('waitForHealthy'), fc.constantFrom(null, 'true', 1, 0, {})),
  fc.tuple(fc.constant('correlationId'), fc.constantFrom(null, '', 'a b', 'x'.repeat(129), 'a\nb', 1, {})),
  fc.tuple(
    fc.constant('service'),
    fc.oneof(fc.constantFrom(null, '', 'Auth', 'auth:1', 'all', 'defaults', 'a'.repeat(25), ['auth']), fc.integer()),
  ),
  fc.tuple(fc.constant('services'), fc.constantFrom(null, [], 'all', 'auth', ['auth'], [null], {})),
  fc.tuple(
    fc.string({ minLength: 1 }).map((text) => `x${text}`),
    json,
  ),
);
const spoiledStart = badFields.map(([field, value]) => ({ service: 'auth', [field]: value }));

const change = {
  taskArn: 'arn:aws:ecs:us-east-2:111122223333:task/engines/1',
  version: 4,
  startedBy: 'start-engines/test/auth',
};

const malformed = fc.oneof(
  json,
  json.map((detail) => busEvent(detail)),
  spoiledStart.map((detail) => busEvent(detail)),
  spoiledStart.map((fields) => ({ action: 'start', ...fields })),
  spoiledStart.map(({ service: _, ...fields }) =>
    httpApiEvent('POST', '/services/auth/start', { body: JSON.stringify({ ...fields, x: 1 }) }),
  ),
  fc
    .tuple(fc.constantFrom('source', 'detail-type', 'time', 'detail'), json)
    .filter(([name, value]) => name !== 'source' || typeof value !== 'string')
    .filter(([name]) => name !== 'time')
    .map(([name, value]) => busEvent({ service: 'auth' }, { [name]: value })),
  fc
    .tuple(fc.constantFrom('stop', 'restart', 'reconcile', 'START', 'launch'), json)
    // This event is well formed, and stops all services.
    .filter(([action, services]) => action !== 'stop' || services !== 'all')
    .map(([action, services]) => ({ action, services })),
  fc
    .tuple(fc.constantFrom('Stop ECS Tasks', 'Restart ECS Task'), json)
    .map(([detailType, detail]) => busEvent(detail, { 'detail-type': detailType })),
  fc
    .tuple(fc.constantFrom('taskArn', 'version', 'startedBy'), json)
    .filter(([name, value]) => value !== undefined && !(name === 'version' && value === 0))
    .filter(([name, value]) => name !== 'startedBy' || typeof value !== 'string' || value === '')
    .map(([name, value]) => stateChangeEvent({ ...change, [name]: value })),
  spoiledStart.map((fields) => ({ action: 'stop', ...fields, x: 1 })),
  fc.string({ maxLength: 60 }).map((path) => restEvent('POST', `/${path}`)),
  fc
    .string({ unit: 'binary', maxLength: 60 })
    .map((body) => httpApiEvent('POST', '/services/auth/start', { body: `x${body}` })),
  fc
    .tuple(fc.constantFrom('version', 'routeKey', 'rawPath', 'pathParameters', 'body'), json)
    .map(([name, value]) => httpApiEvent('POST', '/services/Auth/start', { [name]: value })),
);

/** The error code that the event produced, or its other result. */
async function codeOf(event: unknown): Promise<string> {
  const { value, thrown } = await world.invoke(event);
  if (thrown !== undefined) return thrown.name;
  const { statusCode, body } = value as { statusCode: number; body: string };
  return statusCode >= 400 ? JSON.parse(body).error : `status ${statusCode}`;
}

const expected = new Set(Object.keys(errorCatalog).filter((code) => code !== 'Internal'));

test(`${runs} malformed events each give a typed error and change nothing in AWS (SEED=${seed})`, async () => {
  const before = world.sandbox.calls.lastSequence;
  const codes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(malformed, async (event) => {
      const code = await codeOf(event);
      codes.set(code, (codes.get(code) ?? 0) + 1);
      expect(expected).toContain(code);
    }),
    { seed, numRuns: runs },
  );
  expect(world.changesAfter(before)).toEqual([]);
  const invocations = world.sandbox.calls.list({ operation: 'Invoke', after: before });
  expect(invocations.length).toBeGreaterThanOrEqual(runs);
  console.log(`seed ${seed}: ${[...codes].map(([code, count]) => `${count} ${code}`).join(', ')}`);
});
