import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { busEvent } from './support/events.ts';
import { authTargetGroup, startWorld, type World } from './support/world.ts';

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

const name = 'the name of a service (1 to 24 of a-z, 0-9 and "-", a letter first; not "all" or "defaults")';

describe('R7: a port', () => {
  test.each([
    ['as a string', '8080', 'the string "8080"'],
    ['zero', 0, '0'],
    ['above the highest', 65_536, '65536'],
    ['that is not whole', 80.5, '80.5'],
    ['null', null, 'null'],
    ['in a list', [8080], 'a list'],
  ])('%s is refused with the name of the field', async (_how, port, shown) => {
    const message = `port must be a whole number from 1 to 65535, not ${shown}.`;
    expect(await refusalOf(busEvent({ service: 'auth', port }))).toBe(`InvalidRequest: ${message}`);
  });
});

describe('R16: source and detail-type', () => {
  test.each([
    [
      'another detail-type starts nothing',
      { 'detail-type': 'start ecs task' },
      'detail-type must be one of "Start ECS Task", "Stop ECS Tasks", "Restart ECS Task", not the string "start ecs task".',
    ],
    [
      'a detail-type from the prototype starts nothing',
      { 'detail-type': 'constructor' },
      'detail-type must be one of "Start ECS Task", "Stop ECS Tasks", "Restart ECS Task", not the string "constructor".',
    ],
    ['no source starts nothing', { source: undefined }, 'source must name the sender, not missing.'],
    [
      'AWS itself starts nothing',
      { source: 'aws.events' },
      'source "aws.events" requests nothing. Check the rule that sent the event here.',
    ],
    [
      'an outcome of the function itself starts nothing',
      { source: 'start-engines' },
      'source "start-engines" requests nothing. Check the rule that sent the event here.',
    ],
    [
      'a start under the source of ECS starts nothing',
      { source: 'aws.ecs' },
      'detail-type must be "ECS Task State Change" with this source, not the string "Start ECS Task".',
    ],
    [
      'an invalid time',
      { time: 'yesterday' },
      'time of the event must be a date and time that exists, with its zone, such as 2026-11-23T08:00:00Z, not the string "yesterday".',
    ],
  ])('%s', async (_what, envelope, message) => {
    expect(await refusalOf(busEvent({ service: 'auth' }, envelope))).toBe(`InvalidRequest: ${message}`);
  });
});

describe('R17: a detail', () => {
  test.each([
    ['whose service is a number', { service: 42 }, `service must be ${name}, not 42.`],
    ['whose service is null', { service: null }, `service must be ${name}, not null.`],
    ['whose service is a list', { service: ['auth'] }, `service must be ${name}, not a list.`],
    ['whose service selects a version', { service: 'auth:1' }, `service must be ${name}, not the string "auth:1".`],
    ['whose service is a relative path', { service: '../x' }, `service must be ${name}, not the string "../x".`],
    ['whose service is all', { service: 'all' }, `service must be ${name}, not the string "all".`],
    ['whose service is the defaults', { service: 'defaults' }, `service must be ${name}, not the string "defaults".`],
    [
      'with null overrides',
      { service: 'auth', cluster: null },
      'cluster must be the name or ARN of a cluster, not null.',
    ],
    [
      'with a null environment',
      { service: 'auth', environment: null },
      'environment must be an object of strings, not null.',
    ],
    [
      'with an environment that is text, which may contain a secret',
      { service: 'auth', environment: 'TOKEN=hunter2' },
      'environment must be an object of strings, not a string.',
    ],
    [
      'with a value of the environment that is not a string',
      { service: 'auth', environment: { LOG_LEVEL: 7 } },
      'environment.LOG_LEVEL must be a string.',
    ],
    [
      'that overwrites the launch facts',
      { service: 'auth', environment: { START_ENGINES_LAUNCH_FACTS: '{}' } },
      'environment.START_ENGINES_LAUNCH_FACTS is reserved for start-engines.',
    ],
    [
      'with a variable that JavaScript would lose',
      { service: 'auth', environment: JSON.parse('{"__proto__":"x"}') },
      'environment cannot set a variable called "__proto__".',
    ],
    [
      'of more services than one request may name',
      { services: Array.from({ length: 1001 }, (_, index) => `s${index}`) },
      'services must have at most 1000 items.',
    ],
    ['that is null', null, 'detail must be an object, not null.'],
    ['that is a list', ['auth'], 'detail must be an object, not a list.'],
    ['that is text', '{"service":"auth"}', 'detail must be an object, not the string "{\\"service\\":\\"auth\\"}".'],
  ])('%s is refused with the reason', async (_what, detail, message) => {
    expect(await refusalOf(busEvent(detail))).toBe(`InvalidRequest: ${message}`);
  });
});

test('R18: an empty detail is refused because it names no service', async () => {
  const message = 'The detail names no service. Add one, such as {"service":"auth"}.';
  expect(await refusalOf(busEvent({}))).toBe(`InvalidRequest: ${message}`);
});

describe('R19: a list', () => {
  test.each([
    [
      'of services in one string',
      { services: 'auth,fa' },
      'services must be a list with at least one item, not the string "auth,fa".',
    ],
    ['of nothing', { services: [] }, 'services must be a list with at least one item, not an empty list.'],
    ['with a space in an item', { services: ['auth', ' fa'] }, `services[1] must be ${name}, not the string " fa".`],
    ['with an item twice', { services: ['auth', 'auth'] }, 'services[1] is a duplicate.'],
    [
      'together with a single service',
      { service: 'auth', services: ['fa'] },
      'services and service cannot be given together.',
    ],
    [
      'that is the word all',
      { services: 'all' },
      'services must be a list with at least one item, not the string "all".',
    ],
    [
      'of subnets in one string',
      { service: 'auth', subnets: 'subnet-1, subnet-2' },
      'subnets must be a list with at least one item, not the string "subnet-1, subnet-2".',
    ],
    [
      'of security groups with a space in an item',
      { service: 'auth', securityGroups: ['sg-1', 'sg-2 '] },
      'securityGroups[1] must be the id of a security group (sg-…), not the string "sg-2 ".',
    ],
  ])('%s is refused and never split', async (_what, detail, message) => {
    expect(await refusalOf(busEvent(detail))).toBe(`InvalidRequest: ${message}`);
  });
});

describe('R20: an override that the mapping does not permit', () => {
  test.each([
    ['cluster', { cluster: 'foreign-cluster' }],
    ['taskDefinition', { taskDefinition: 'admin-task:7' }],
    ['targetGroupArn', { targetGroupArn: authTargetGroup.replace('auth-tg', 'fa1-tg') }],
    ['subnets', { subnets: ['subnet-2'] }],
    ['securityGroups', { securityGroups: ['sg-2'] }],
    ['containerName', { containerName: 'sidecar' }],
    ['port', { port: 22 }],
    ['environment.LD_PRELOAD', { environment: { LD_PRELOAD: '/tmp/x.so' } }],
    ['startTimeoutSeconds', { startTimeoutSeconds: 800 }],
  ])('%s is refused before anything changes', async (field, override) => {
    const message = `The mapping of service "auth" does not allow this value of: ${field}.`;
    expect(await refusalOf(busEvent({ service: 'auth', ...override }))).toBe(`OverrideNotAllowed: ${message}`);
  });

  test.each(['taskRoleArn', 'executionRoleArn', 'command', 'launchType', '__proto__'])(
    '%s is an unknown field',
    async (field) => {
      const detail = JSON.parse(`{"service":"auth","${field}":"x"}`);
      const message = `The detail has an unknown field: "${field}".`;
      expect(await refusalOf(busEvent(detail))).toBe(`InvalidRequest: ${message}`);
    },
  );
});

describe('a wait', () => {
  test.each([
    [
      'of an unknown kind',
      { wait: 'forever' },
      'wait must be "none", "running" or "healthy", not the string "forever".',
    ],
    [
      'that contradicts waitForHealthy: true',
      { wait: 'running', waitForHealthy: true },
      'waitForHealthy is true, which contradicts wait: "running".',
    ],
    [
      'that contradicts waitForHealthy: false',
      { wait: 'healthy', waitForHealthy: false },
      'waitForHealthy is false, which contradicts wait: "healthy".',
    ],
    ['that is not a boolean', { waitForHealthy: 'yes' }, 'waitForHealthy must be true or false, not the string "yes".'],
  ])('%s is refused', async (_what, fields, message) => {
    expect(await refusalOf(busEvent({ service: 'auth', ...fields }))).toBe(`InvalidRequest: ${message}`);
  });
});

describe('only the envelope determines the source', () => {
  test.each([
    [
      'a detail cannot be an action',
      busEvent({ action: 'start', service: 'auth' }),
      'The detail has an unknown field: "action".',
    ],
    [
      'an event cannot be a direct invoke, too',
      busEvent({ service: 'auth' }, { action: 'start' }),
      'Ambiguous event: it has detail-type and action, which belong to different triggers.',
    ],
    [
      'a list of events',
      [busEvent({ service: 'auth' }), busEvent({ service: 'fa' })],
      'The event is a list of 2. Configure the sender to deliver events one at a time.',
    ],
    ['null', null, 'The event must be an object, not null.'],
    ['text', 'start auth', 'The event must be an object, not the string "start auth".'],
    [
      'a request of a load balancer',
      { requestContext: { elb: {} }, path: '/services', httpMethod: 'GET' },
      'The requestContext is neither from an HTTP API nor from a REST proxy.',
    ],
    [
      'no action',
      { service: 'auth' },
      'Unrecognised event. Expected detail-type (EventBridge), requestContext (API Gateway) or action (direct invoke, such as ' +
        '{"action":"start","service":"auth"}).',
    ],
    [
      'an action from the prototype',
      { action: '__proto__', service: 'auth' },
      'action must be one of "start", "stop", "restart", "reconcile", "status", not the string "__proto__".',
    ],
  ])('%s', async (_what, event, message) => {
    expect(await refusalOf(event)).toBe(`InvalidRequest: ${message}`);
  });
});

describe('a stop', () => {
  test.each([
    ['R23: a stop that names no service', {}, 'The detail names no service. Add one, such as {"service":"auth"}.'],
    [
      'R24: a stop of a list in one string',
      { services: 'auth' },
      'services must be a list with at least one item, not the string "auth".',
    ],
    ['R25: a stop without a detail', null, 'detail must be an object, not null.'],
    [
      'a stop of everything from the bus',
      { services: 'all' },
      'services must be a list with at least one item, not the string "all".',
    ],
    [
      'a stop that leaves the targets',
      { service: 'auth', deregister_targets: false },
      'deregister_targets cannot be false: a stop always deregisters the targets of the tasks.',
    ],
  ])('%s is refused with its specific reason', async (_what, detail, message) => {
    const event = busEvent(detail, { 'detail-type': 'Stop ECS Tasks' });
    expect(await refusalOf(event)).toBe(`InvalidRequest: ${message}`);
  });
});

test('a caller’s text in a message is shortened and escaped to ASCII', async () => {
  const field = `\u202Eevil\n${'x'.repeat(5000)}`;
  const refusal = await refusalOf(busEvent({ service: 'auth', [field]: 1 }));
  expect(refusal).toBe(`InvalidRequest: The detail has an unknown field: "\\u202eevil\\n${'x'.repeat(58)}…".`);
});

test('a thousand unknown fields make a short message', async () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field${index}`, index]));
  expect(await refusalOf({ action: 'status', ...many })).toBe(
    'InvalidRequest: The input has unknown fields: ' + '"field0", "field1", "field2", "field3", "field4" and 995 more.',
  );
});
