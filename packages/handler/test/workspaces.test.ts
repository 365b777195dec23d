import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { busEvent, httpApiEvent } from './support/events.ts';
import type { FunctionUnderTest } from './support/function-under-test.ts';
import { startWorld, type World } from './support/world.ts';

// Terraform review, finding 1: no event could name a workspace, so a stop meant for dev stopped prod.
let world: World;
let addressedOnly: FunctionUnderTest;
beforeAll(async () => {
  world = await startWorld();
  addressedOnly = await world.startAnother({ ACCEPT_UNADDRESSED: 'false' });
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.aws.reset());

const stop = (detail: Readonly<Record<string, unknown>>) => busEvent(detail, { 'detail-type': 'Stop ECS Tasks' });

describe('a request that names this workspace is carried out', () => {
  test.each([
    ['on the bus', busEvent({ service: 'auth', workspace: 'test' })],
    ['as a direct invoke', { action: 'start', service: 'auth', workspace: 'test' }],
  ])('%s', async (_way, event) => {
    const { thrown } = await addressedOnly.invoke(event);
    expect([thrown, world.changes().slice(0, 2)]).toEqual([undefined, ['RunTask', 'RegisterTargets']]);
  });

  test('over HTTP', async () => {
    const body = '{"workspace":"test"}';
    const { value } = await addressedOnly.invoke(httpApiEvent('POST', '/services/auth/start', { body }));
    expect(value).toMatchObject({ statusCode: 202 });
  });
});

const refusal = 'workspace is the string "prod", but this function serves "test".';

describe('a request that names another workspace changes nothing', () => {
  test.each([
    ['a start on the bus', busEvent({ service: 'auth', workspace: 'prod' })],
    ['a stop on the bus', stop({ services: ['auth'], workspace: 'prod' })],
    ['a restart on the bus', busEvent({ service: 'auth', workspace: 'prod' }, { 'detail-type': 'Restart ECS Task' })],
    ['a direct start', { action: 'start', service: 'auth', workspace: 'prod' }],
    ['a direct stop of everything', { action: 'stop', services: 'all', workspace: 'prod' }],
    ['a reconcile', { action: 'reconcile', workspace: 'prod' }],
    ['a status', { action: 'status', workspace: 'prod' }],
  ])('%s', async (_what, event) => {
    const { thrown } = await world.invoke(event);
    expect([thrown, world.changes()]).toEqual([{ name: 'InvalidRequest', message: refusal }, []]);
  });

  test('over HTTP', async () => {
    const body = '{"workspace":"prod"}';
    const { value } = await world.invoke(httpApiEvent('POST', '/services/auth/stop', { body }));
    const { statusCode, body: answer } = value as { statusCode: number; body: string };
    expect([statusCode, JSON.parse(answer).message, world.changes()]).toEqual([400, refusal, []]);
  });

  test.each([[null], [''], [7], [['test']], [{ name: 'test' }]])(
    '%j as the workspace is refused, too',
    async (workspace) => {
      const { thrown } = await world.invoke(stop({ services: ['auth'], workspace }));
      expect([thrown?.name, world.changes()]).toEqual(['InvalidRequest', []]);
    },
  );
});

test('an event that names no workspace is refused if another workspace accepts such events', async () => {
  const { thrown } = await addressedOnly.invoke(stop({ services: ['auth'] }));
  expect(thrown).toEqual({
    name: 'InvalidRequest',
    message: 'workspace is missing: "test" accepts only events that name it.',
  });
  expect(world.changes()).toEqual([]);
});

test('a direct invoke need not name the workspace, because it names the function', async () => {
  const { value } = await addressedOnly.invoke({ action: 'status' });
  expect(value).toMatchObject({ statusCode: 200 });
});

test('outcomes contain their workspace', async () => {
  const telling = await world.startAnother({ EVENT_BUS_NAME: 'engines' });
  await telling.invoke(busEvent({ service: 'auth' }));
  const put = world.aws.calls.find(({ operation }) => operation === 'PutEvents');
  const [entry] = (put?.input.Entries ?? []) as { DetailType: string; Detail: string }[];
  expect([entry?.DetailType, JSON.parse(entry?.Detail ?? '{}')]).toMatchObject([
    'Service Started',
    { workspace: 'test' },
  ]);
});

// Terraform review, finding 18: Lambda's retry of a scheduled start, in another process, counted as a later request.
describe('a direct input contains the time of its request', () => {
  const askedOf = () => {
    const run = world.aws.calls.find(({ operation }) => operation === 'RunTask');
    const { containerOverrides } = (run?.input.overrides ?? { containerOverrides: [] }) as {
      containerOverrides: { environment: { name: string; value: string }[] }[];
    };
    const facts = containerOverrides.flatMap(({ environment }) => environment);
    return JSON.parse(facts.find(({ name }) => name === 'START_ENGINES_LAUNCH_FACTS')?.value ?? '{}').asked;
  };

  test('as Scheduler writes it', async () => {
    await world.invoke({ action: 'start', service: 'auth', asked: '2025-11-23T07:00:00Z' });
    expect(askedOf()).toBe(Date.parse('2025-11-23T07:00:00Z'));
  });

  test('but never later than its receipt', async () => {
    await world.invoke({ action: 'start', service: 'auth', asked: '2999-01-01T00:00:00Z' });
    expect(askedOf()).toBeLessThan(Date.parse('2999-01-01T00:00:00Z'));
  });

  test.each([
    ['as Step Functions writes it', '2025-11-23T07:00:00.123Z', 1_763_881_200_123],
    ['with an offset', '2025-11-23T09:00:00+02:00', 1_763_881_200_000],
    ['without seconds', '2025-11-23T07:00Z', 1_763_881_200_000],
    ['on 29 February of a leap year', '2024-02-29T00:00:00Z', 1_709_164_800_000],
  ])('%s', async (_how, asked, epochMs) => {
    await world.invoke({ action: 'start', service: 'auth', asked });
    expect(askedOf()).toBe(epochMs);
  });

  test.each([
    ['tomorrow', 'the string "tomorrow"'],
    [7, '7'],
    [null, 'null'],
    ['2025-11-23', 'the string "2025-11-23"'],
    ['2025-11-23T07:00:00', 'the string "2025-11-23T07:00:00"'],
    ['2025-02-31T07:00:00Z', 'the string "2025-02-31T07:00:00Z"'],
    ['2025-02-29T07:00:00Z', 'the string "2025-02-29T07:00:00Z"'],
    ['2025-13-01T07:00:00Z', 'the string "2025-13-01T07:00:00Z"'],
    ['2025-11-23T25:00:00Z', 'the string "2025-11-23T25:00:00Z"'],
    ['2025-11-23T07:00:00Z tomorrow', 'the string "2025-11-23T07:00:00Z tomorrow"'],
  ])('%j is refused, and the error names the field and its source', async (asked, shown) => {
    const { thrown } = await world.invoke({ action: 'stop', service: 'auth', asked });
    const message = `asked of the input must be a date and time that exists, with its zone, such as 2026-11-23T08:00:00Z, not ${shown}.`;
    expect([thrown, world.changes()]).toEqual([{ name: 'InvalidRequest', message }, []]);
  });
});
