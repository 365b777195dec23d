import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { busEvent, stateChangeEvent } from './support/events.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.aws.reset());
// Invariant 5: a refused request has changed nothing.
afterEach(() => expect(world.changes()).toEqual([]));

async function refusalOf(event: unknown): Promise<string> {
  const { thrown } = await world.invoke(event);
  return `${thrown?.name}: ${thrown?.message}`;
}

describe('an unknown field is refused, because the sender may have meant it as a restriction', () => {
  test.each([
    ['a start', { action: 'start', service: 'auth', dryRun: true }, 'dryRun'],
    ['a stop', { action: 'stop', service: 'auth', port: 8080 }, 'port'],
    ['a restart', { action: 'restart', service: 'auth', wait: 'none' }, 'wait'],
    ['a reconcile', { action: 'reconcile', dry_run: true }, 'dry_run'],
    ['a reconcile of one service', { action: 'reconcile', service: 'auth' }, 'service'],
    ['a status', { action: 'status', cluster: 'engines' }, 'cluster'],
  ])('%s', async (_what, event, field) => {
    const message = `The input has an unknown field: "${field}".`;
    expect(await refusalOf(event)).toBe(`InvalidRequest: ${message}`);
  });
});

describe('a list of services', () => {
  test.each([
    [
      'cannot be all services together with a single one',
      { action: 'stop', service: 'auth', services: 'all' },
      'services and service cannot be given together.',
    ],
    [
      'cannot be started with overrides, which apply to one service',
      { action: 'start', services: ['auth', 'fa'], port: 8081 },
      'port can be overridden for one service at a time only.',
    ],
    [
      'has at most a thousand items',
      { action: 'start', services: Array.from({ length: 1001 }, (_, index) => `service-${index}`) },
      'services must have at most 1000 items.',
    ],
  ])('%s', async (_what, event, message) => {
    expect(await refusalOf(event)).toBe(`InvalidRequest: ${message}`);
  });

  test('may have a thousand', async () => {
    const services = Array.from({ length: 1000 }, (_, index) => `service-${index}`);
    expect(await refusalOf({ action: 'start', services })).toMatch(/^SeveralFailed: 1000 of 1000 services failed /);
  });
});

test('a list in an override has at most a hundred items', async () => {
  const subnets = Array.from({ length: 101 }, (_, index) => `subnet-${index}`);
  const message = 'InvalidRequest: subnets must have at most 100 items.';
  expect(await refusalOf(busEvent({ service: 'auth', subnets }))).toBe(message);
});

describe('an environment', () => {
  const long = (characters: number) => ({ LOG_LEVEL: 'x'.repeat(characters - 'LOG_LEVEL'.length) });

  test.each([
    ['with an invalid variable name', { 'A=B': 'x' }, 'environment cannot set a variable called "A=B".'],
    ['of nothing', {}, 'environment must set at least one variable.'],
    ['that is a list', ['LOG_LEVEL'], 'environment must be an object of strings, not a list.'],
    ['that is too long', long(8193), 'environment must have at most 8192 characters.'],
    [
      'that is too long together',
      { ...long(8000), OTHER: 'x'.repeat(188) },
      'environment must have at most 8192 characters.',
    ],
  ])('%s is malformed', async (_what, environment, message) => {
    expect(await refusalOf(busEvent({ service: 'auth', environment }))).toBe(`InvalidRequest: ${message}`);
  });

  test('at its maximum length is left to ECS, which also counts the launch facts', async () => {
    const refusal = await refusalOf(busEvent({ service: 'auth', environment: long(8192) }));
    expect(refusal).toMatch(/^InvalidRequest: The task's overrides are \d+ characters of JSON, and ECS takes 8192: /);
  });
});

describe('a number at its bounds', () => {
  const notPermitted = (field: string) =>
    `OverrideNotAllowed: The mapping of service "auth" does not allow this value of: ${field}.`;

  test.each([
    ['port', 1, notPermitted('port')],
    ['port', 65_535, notPermitted('port')],
    ['startTimeoutSeconds', 10, notPermitted('startTimeoutSeconds')],
    ['startTimeoutSeconds', 840, notPermitted('startTimeoutSeconds')],
    ['startTimeoutSeconds', 9, 'InvalidRequest: startTimeoutSeconds must be a whole number from 10 to 840, not 9.'],
    ['startTimeoutSeconds', 841, 'InvalidRequest: startTimeoutSeconds must be a whole number from 10 to 840, not 841.'],
  ])('of %s: %d', async (field, value, refusal) => {
    expect(await refusalOf(busEvent({ service: 'auth', [field]: value }))).toBe(refusal);
  });
});

describe('an envelope', () => {
  test.each([
    [
      'with an empty source',
      busEvent({ service: 'auth' }, { source: '' }),
      'source must name the sender, not an empty string.',
    ],
    [
      'with a time that only a lenient reader understands',
      busEvent({ service: 'auth' }, { time: '1' }),
      'time of the event must be a date and time that exists, with its zone, such as 2026-11-23T08:00:00Z, not the string "1".',
    ],
    [
      'with a time in milliseconds',
      busEvent({ service: 'auth' }, { time: 1_763_884_800_000 }),
      'time of the event must be a date and time that exists, with its zone, such as 2026-11-23T08:00:00Z, not 1763884800000.',
    ],
    [
      'in a list without a bus event',
      [{ action: 'start', service: 'auth' }],
      'The event is a list of 1. Configure the sender to deliver events one at a time.',
    ],
    ['in a list of nothing', [], 'The event is a list of 0. Configure the sender to deliver events one at a time.'],
    ['in a list of text', ['auth'], 'The event is a list of 1. Configure the sender to deliver events one at a time.'],
    [
      'with an object in place of a name',
      busEvent({ service: { name: 'auth' } }),
      'service must be the name of a service (1 to 24 of a-z, 0-9 and "-", a letter first; not "all" or "defaults"), not an object.',
    ],
  ])('%s', async (_what, event, message) => {
    expect(await refusalOf(event)).toBe(`InvalidRequest: ${message}`);
  });
});

describe('a change of a task', () => {
  const taskArn = `arn:aws:ecs:us-east-2:111122223333:task/engines/${'1'.repeat(32)}`;
  const described = 'taskArn must be the ARN of a task, not the string';

  test.each([
    ['without a detail', 'nothing', 'detail must be an object, not the string "nothing".'],
    [
      'with words before the ARN',
      { taskArn: `x ${taskArn}`, version: 4 },
      `${described} "x ${taskArn.slice(0, 62)}…".`,
    ],
    ['with words after the ARN', { taskArn: `${taskArn}:1`, version: 4 }, `${described} "${taskArn.slice(0, 64)}…".`],
    [
      'whose owner has a line break',
      { taskArn, version: 4, startedBy: 'a\nb' },
      'startedBy must be who started the task, not the string "a\\nb".',
    ],
    [
      'whose version is negative',
      { taskArn, version: -1 },
      'version must be a whole number from 0 to 9007199254740991, not -1.',
    ],
  ])('%s', async (_what, detail, message) => {
    const event = typeof detail === 'string' ? { ...stateChangeEvent({}), detail } : stateChangeEvent(detail);
    expect(await refusalOf(event)).toBe(`InvalidRequest: ${message}`);
    expect(world.aws.calls).toEqual([]);
  });
});
