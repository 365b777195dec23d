import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { busEvent } from './support/events.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.aws.reset());

const fromActivator = { source: 'start-engines.activator', 'detail-type': 'Wake ECS Service' };
const wakeEvent = (detail: object) => busEvent({ service: 'auth', workspace: 'test', ...detail }, fromActivator);

test('a request for a service whose mapping has no wake is answered, and starts nothing', async () => {
  const { value } = await world.invoke(wakeEvent({ asked: new Date().toISOString() }));
  expect(value).toEqual({
    statusCode: 202,
    body: {
      service: 'auth',
      status: 'refused',
      message: 'A request does not start service "auth": its mapping has no "wake".',
    },
  });
  expect(world.changes()).toEqual([]);
});

test('a request that waited longer than five minutes is answered without a call', async () => {
  const asked = new Date(Date.now() - 301_000).toISOString();
  const { value } = await world.invoke(wakeEvent({ asked }));
  expect(value).toMatchObject({ statusCode: 202, body: { status: 'refused' } });
  expect(world.aws.calls).toEqual([]);
});

test.each([
  ['another workspace', { workspace: 'prod' }, 'workspace'],
  ['no workspace', { workspace: undefined }, 'workspace'],
  ['an override', { environment: { MODE: 'debug' } }, 'environment'],
  ['a wait', { wait: 'healthy' }, 'wait'],
  ['several services', { service: undefined, services: ['auth'] }, 'services'],
  ['a time without a zone', { asked: '2026-11-23T08:00:00' }, 'asked'],
])('an event with %s is refused', async (_what, detail, field) => {
  const { thrown } = await world.invoke(wakeEvent(detail));
  expect(thrown?.name).toBe('InvalidRequest');
  expect(thrown?.message).toContain(field);
  expect(world.changes()).toEqual([]);
});

test.each([
  ['another source cannot wake', { ...fromActivator, source: 'my.app' }],
  ['the activator cannot stop', { ...fromActivator, 'detail-type': 'Stop ECS Tasks' }],
  ['the activator cannot start with its own settings', { ...fromActivator, 'detail-type': 'Start ECS Task' }],
])('%s', async (_what, envelope) => {
  const { thrown } = await world.invoke(busEvent({ service: 'auth', workspace: 'test' }, envelope));
  expect(thrown?.name).toBe('InvalidRequest');
  expect(world.changes()).toEqual([]);
});
