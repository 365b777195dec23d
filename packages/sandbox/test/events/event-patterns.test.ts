import { EventBridgeClient, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEventsService } from '../../src/events/create-events-service.ts';
import { createRandom } from '../../src/random.ts';
import { openTestApi, type TestApi } from '../wire/test-api.ts';

let api: TestApi;
let events: EventBridgeClient;

beforeAll(async () => {
  const service = createEventsService({
    clock: { now: () => 0, after: () => () => {} },
    random: createRandom(1),
    region: 'us-east-2',
    accountId: '123456789012',
    deliveryMs: [0, 0],
    duplicateChance: 0,
    invokeAsync: () => undefined,
  });
  api = await openTestApi({ events: service.operations });
  events = new EventBridgeClient(api.client);
});

afterAll(async () => {
  events.destroy();
  await api[Symbol.asyncDispose]();
});

const envelope = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'Start ECS Task',
  source: 'custom.app',
  account: '123456789012',
  time: '2026-11-23T07:50:02Z',
  region: 'us-east-2',
  resources: ['arn:aws:ecs:us-east-2:123456789012:cluster/one', 'arn:aws:ecs:us-east-2:123456789012:cluster/two'],
};

const matches = async (pattern: unknown, event: object) =>
  (
    await events.send(
      new TestEventPatternCommand({
        EventPattern: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
        Event: JSON.stringify(event),
      }),
    )
  ).Result;

const doesMatch = true;
const noMatch = false;

describe('the envelope', () => {
  test.each<[string, object, boolean]>([
    ['the source', { source: ['custom.app'] }, doesMatch],
    ['another source', { source: ['aws.ecs'] }, noMatch],
    ['one of several', { source: ['aws.ecs', 'custom.app'] }, doesMatch],
    ['two fields, both right', { source: ['custom.app'], 'detail-type': ['Start ECS Task'] }, doesMatch],
    ['two fields, one wrong', { source: ['custom.app'], 'detail-type': ['Stop ECS Tasks'] }, noMatch],
    ['a string that differs in case', { source: ['Custom.App'] }, noMatch],
    ['a prefix of the time', { time: [{ prefix: '2026-11-23' }] }, doesMatch],
    ['one element of an array', { resources: ['arn:aws:ecs:us-east-2:123456789012:cluster/two'] }, doesMatch],
    ['no element of an array', { resources: ['arn:aws:ecs:us-east-2:123456789012:cluster/three'] }, noMatch],
    ['a suffix of an element', { resources: [{ suffix: '/one' }] }, doesMatch],
    ['an unknown field', { sender: ['custom.app'] }, noMatch],
  ])('%s', async (_what, pattern, expected) => {
    expect(await matches(pattern, { ...envelope, detail: {} })).toBe(expected);
  });
});

describe('the detail', () => {
  test.each<[pattern: object, detail: object, boolean]>([
    // Exact values.
    [{ service: ['auth'] }, { service: 'auth' }, doesMatch],
    [{ service: ['auth'] }, { service: 'pdf' }, noMatch],
    [{ service: [''] }, { service: '' }, doesMatch],
    [{ service: [''] }, { service: null }, noMatch],
    [{ count: [100] }, { count: 100 }, doesMatch],
    [{ count: [100] }, { count: '100' }, noMatch],
    [{ count: ['100'] }, { count: 100 }, noMatch],
    [{ count: [300] }, { count: 3.0e2 }, doesMatch],
    [{ wait: [true] }, { wait: true }, doesMatch],
    [{ wait: [true] }, { wait: 'true' }, noMatch],
    [{ wait: [false] }, { wait: null }, noMatch],
    [{ reason: [null] }, { reason: null }, doesMatch],
    [{ reason: [null] }, {}, noMatch],
    // Structures and arrays in the event.
    [{ task: { group: ['a'] } }, { task: { group: 'a', other: 1 } }, doesMatch],
    [{ task: { group: ['a'] } }, { task: 'a' }, noMatch],
    [{ task: { group: ['a'] } }, { group: 'a' }, noMatch],
    [{ services: ['pdf'] }, { services: ['auth', 'pdf'] }, doesMatch],
    [{ services: ['pdf'] }, { services: [['auth'], ['pdf']] }, doesMatch],
    [{ services: ['pdf'] }, { services: [] }, noMatch],
    [{ containers: { name: ['web'], exitCode: [1] } }, { containers: [{ name: 'web', exitCode: 1 }] }, doesMatch],
    [
      { containers: { name: ['web'], exitCode: [1] } },
      {
        containers: [
          { name: 'web', exitCode: 0 },
          { name: 'log', exitCode: 1 },
        ],
      },
      noMatch,
    ],
    // Strings.
    [{ file: [{ prefix: 'data/' }] }, { file: 'data/one.png' }, doesMatch],
    [{ file: [{ prefix: 'data/' }] }, { file: 'Data/one.png' }, noMatch],
    [{ file: [{ prefix: { 'equals-ignore-case': 'DATA/' } }] }, { file: 'data/one.png' }, doesMatch],
    [{ file: [{ suffix: '.png' }] }, { file: 'one.png' }, doesMatch],
    [{ file: [{ suffix: '.png' }] }, { file: 'one.PNG' }, noMatch],
    [{ file: [{ suffix: { 'equals-ignore-case': '.png' } }] }, { file: 'one.PNG' }, doesMatch],
    [{ file: [{ prefix: '1' }] }, { file: 1 }, noMatch],
    [{ name: [{ 'equals-ignore-case': 'ALICE' }] }, { name: 'alice' }, doesMatch],
    [{ name: [{ 'equals-ignore-case': 'ALICE' }] }, { name: 'alice b' }, noMatch],
    [{ file: [{ wildcard: 'dir/*.png' }] }, { file: 'dir/a/b.png' }, doesMatch],
    [{ file: [{ wildcard: 'dir/*.png' }] }, { file: 'dir/.png' }, doesMatch],
    [{ file: [{ wildcard: 'dir/*.png' }] }, { file: 'dir/bxpng' }, noMatch],
    [{ file: [{ wildcard: '*' }] }, { file: 'two\nlines' }, doesMatch],
    [{ file: [{ wildcard: 'a\\*b' }] }, { file: 'a*b' }, doesMatch],
    [{ file: [{ wildcard: 'a\\*b' }] }, { file: 'axb' }, noMatch],
    [{ file: [{ wildcard: 'a\\\\*' }] }, { file: 'a\\b' }, doesMatch],
    // Anything but.
    [{ state: [{ 'anything-but': 'initializing' }] }, { state: 'running' }, doesMatch],
    [{ state: [{ 'anything-but': 'initializing' }] }, { state: 'initializing' }, noMatch],
    [{ state: [{ 'anything-but': 'initializing' }] }, { state: null }, doesMatch],
    [{ state: [{ 'anything-but': 'initializing' }] }, {}, noMatch],
    [{ state: [{ 'anything-but': 'a' }] }, { state: ['a', 'b'] }, doesMatch],
    [{ state: [{ 'anything-but': ['stopped', 'overloaded'] }] }, { state: 'overloaded' }, noMatch],
    [{ state: [{ 'anything-but': ['stopped', 'overloaded'] }] }, { state: 'fine' }, doesMatch],
    [{ limit: [{ 'anything-but': 123 }] }, { limit: 123 }, noMatch],
    [{ limit: [{ 'anything-but': [100, 200] }] }, { limit: 150 }, doesMatch],
    [{ limit: [{ 'anything-but': 123 }] }, { limit: '123' }, doesMatch],
    [{ region: [{ 'anything-but': { prefix: 'us-' } }] }, { region: 'us-east-2' }, noMatch],
    [{ region: [{ 'anything-but': { prefix: 'us-' } }] }, { region: 'eu-west-1' }, doesMatch],
    [{ region: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] }, { region: 'eu-west-1' }, noMatch],
    [{ file: [{ 'anything-but': { suffix: '.png' } }] }, { file: 'one.png' }, noMatch],
    [{ file: [{ 'anything-but': { suffix: ['.png', '.jpg'] } }] }, { file: 'one.gif' }, doesMatch],
    [{ state: [{ 'anything-but': { 'equals-ignore-case': 'Init' } }] }, { state: 'INIT' }, noMatch],
    [{ state: [{ 'anything-but': { 'equals-ignore-case': ['a', 'b'] } }] }, { state: 'C' }, doesMatch],
    [{ path: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { path: '/usr/lib/x' }, noMatch],
    [{ path: [{ 'anything-but': { wildcard: ['*/lib/*', '*/bin/*'] } }] }, { path: '/etc/x' }, doesMatch],
    // Numbers.
    [{ price: [{ numeric: ['=', 300] }] }, { price: 300 }, doesMatch],
    [{ price: [{ numeric: ['>', 10, '<=', 20] }] }, { price: 20 }, doesMatch],
    [{ price: [{ numeric: ['>', 10, '<=', 20] }] }, { price: 10 }, noMatch],
    [{ price: [{ numeric: ['>=', 10, '<', 20] }] }, { price: 20 }, noMatch],
    [{ price: [{ numeric: ['<', 0] }] }, { price: -0.5 }, doesMatch],
    [{ price: [{ numeric: ['<', 10] }] }, { price: '5' }, noMatch],
    // Addresses.
    [{ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.255' }, doesMatch],
    [{ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.1.0' }, noMatch],
    [{ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: 'no address' }, noMatch],
    [{ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db8:1::7' }, doesMatch],
    [{ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '10.0.0.1' }, noMatch],
    // Presence.
    [{ count: [{ exists: true }] }, { count: 0 }, doesMatch],
    [{ count: [{ exists: true }] }, { count: null }, doesMatch],
    [{ count: [{ exists: true }] }, {}, noMatch],
    [{ count: [{ exists: true }] }, { count: { inner: 1 } }, noMatch],
    [{ count: [{ exists: false }] }, {}, doesMatch],
    [{ count: [{ exists: false }] }, { count: 1 }, noMatch],
    [{ count: [{ exists: false }] }, { count: { inner: 1 } }, doesMatch],
    [{ deep: { count: [{ exists: false }] } }, {}, doesMatch],
    [{ count: [{ exists: false }, 1] }, { count: 1 }, doesMatch],
    // Choices.
    [{ $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, doesMatch],
    [{ $or: [{ a: [1] }, { b: [2] }] }, { a: 2, b: 1 }, noMatch],
    [{ c: [3], $or: [{ a: [1] }, { b: [2] }] }, { a: 1, c: 4 }, noMatch],
    [{ $or: [{ a: [1], c: [3] }, { b: [2] }] }, { a: 1 }, noMatch],
    [{ $or: [{ a: [1] }, { b: [2], $or: [{ c: [3] }, { d: [4] }] }] }, { b: 2, d: 4 }, doesMatch],
    [{ $or: { a: [1] } }, { $or: { a: 1 } }, doesMatch],
    // Names of properties that every JavaScript object inherits.
    [{ constructor: [{ exists: false }] }, {}, doesMatch],
    [{ toString: ['x'] }, {}, noMatch],
  ])('%j against %j: %s', async (pattern, detail, expected) => {
    expect(await matches({ detail: pattern }, { ...envelope, detail })).toBe(expected);
  });
});

describe('a pattern that EventBridge rejects', () => {
  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'Pattern is not valid JSON'],
    ['no object', '[]', 'Filter is not an object'],
    ['an empty object', {}, 'Empty objects are not allowed'],
    ['a value that is not an array', { source: 'custom.app' }, '"source" must be an object or an array'],
    ['an empty array', { source: [] }, 'Empty arrays are not allowed'],
    ['a nested empty object', { detail: {} }, 'Empty objects are not allowed'],
    ['an unknown operator', { source: [{ contains: 'a' }] }, 'Unrecognized match type contains'],
    ['two operators in one', { source: [{ prefix: 'a', suffix: 'b' }] }, 'Only one key allowed in match expression'],
    ['a prefix that is not a string', { source: [{ prefix: 1 }] }, 'prefix match pattern must be a string'],
    ['exists: "yes"', { source: [{ exists: 'yes' }] }, 'exists match pattern must be either true or false.'],
    ['two asterisks', { source: [{ wildcard: 'a**' }] }, 'Consecutive wildcard characters are not allowed'],
    ['a stray backslash', { source: [{ wildcard: 'a\\b' }] }, 'Invalid escape character in wildcard'],
    ['a list within anything-but', { source: [{ 'anything-but': [] }] }, 'Empty arrays are not allowed'],
    ['numbers out of order', { a: [{ numeric: ['>', 5, '<', 5] }] }, 'Bottom must be less than top'],
    ['an unknown comparison', { a: [{ numeric: ['=>', 5] }] }, 'Unrecognized numeric range operator: =>'],
    [
      'a number that is too large',
      { a: [{ numeric: ['<', 6e9] }] },
      'Value must be between -5.0E9 and 5.0E9, inclusive',
    ],
    ['no network', { a: [{ cidr: '10.0.0.0/33' }] }, "Malformed CIDR, one '/' required: 10.0.0.0/33"],
    ['an array within an array', { a: [['b']] }, 'Match value must be String, number, true, false, or null'],
  ])('%s', async (_what, pattern, reason) => {
    await expect(matches(pattern, { ...envelope, detail: {} })).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
      message: `Event pattern is not valid. Reason: ${reason}`,
    });
  });

  test('an event without an envelope is rejected too', async () => {
    await expect(matches({ source: ['a'] }, { source: 'a' })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
