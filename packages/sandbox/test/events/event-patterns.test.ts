import { EventBridgeClient, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEventsService } from '../../src/events/create-events-service.ts';
import { createRandom } from '../../src/random.ts';
import { openTestDoor, type TestDoor } from '../wire/test-door.ts';

let door: TestDoor;
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
  door = await openTestDoor({ events: service.operations });
  events = new EventBridgeClient(door.client);
});

afterAll(async () => {
  events.destroy();
  await door[Symbol.asyncDispose]();
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

const MATCH = true;
const NO_MATCH = false;

describe('the envelope', () => {
  test.each<[string, object, boolean]>([
    ['the source', { source: ['custom.app'] }, MATCH],
    ['another source', { source: ['aws.ecs'] }, NO_MATCH],
    ['one of several', { source: ['aws.ecs', 'custom.app'] }, MATCH],
    ['two fields, both right', { source: ['custom.app'], 'detail-type': ['Start ECS Task'] }, MATCH],
    ['two fields, one wrong', { source: ['custom.app'], 'detail-type': ['Stop ECS Tasks'] }, NO_MATCH],
    ['a text that differs in case', { source: ['Custom.App'] }, NO_MATCH],
    ['a prefix of the time', { time: [{ prefix: '2026-11-23' }] }, MATCH],
    ['one element of an array', { resources: ['arn:aws:ecs:us-east-2:123456789012:cluster/two'] }, MATCH],
    ['no element of an array', { resources: ['arn:aws:ecs:us-east-2:123456789012:cluster/three'] }, NO_MATCH],
    ['a suffix of an element', { resources: [{ suffix: '/one' }] }, MATCH],
    ['a field that no event has', { sender: ['custom.app'] }, NO_MATCH],
  ])('%s', async (_what, pattern, expected) => {
    expect(await matches(pattern, { ...envelope, detail: {} })).toBe(expected);
  });
});

describe('the detail', () => {
  test.each<[pattern: object, detail: object, boolean]>([
    // Exact values.
    [{ service: ['auth'] }, { service: 'auth' }, MATCH],
    [{ service: ['auth'] }, { service: 'pdf' }, NO_MATCH],
    [{ service: [''] }, { service: '' }, MATCH],
    [{ service: [''] }, { service: null }, NO_MATCH],
    [{ count: [100] }, { count: 100 }, MATCH],
    [{ count: [100] }, { count: '100' }, NO_MATCH],
    [{ count: ['100'] }, { count: 100 }, NO_MATCH],
    [{ count: [300] }, { count: 3.0e2 }, MATCH],
    [{ wait: [true] }, { wait: true }, MATCH],
    [{ wait: [true] }, { wait: 'true' }, NO_MATCH],
    [{ wait: [false] }, { wait: null }, NO_MATCH],
    [{ reason: [null] }, { reason: null }, MATCH],
    [{ reason: [null] }, {}, NO_MATCH],
    // Structures and arrays in the event.
    [{ task: { group: ['a'] } }, { task: { group: 'a', other: 1 } }, MATCH],
    [{ task: { group: ['a'] } }, { task: 'a' }, NO_MATCH],
    [{ task: { group: ['a'] } }, { group: 'a' }, NO_MATCH],
    [{ services: ['pdf'] }, { services: ['auth', 'pdf'] }, MATCH],
    [{ services: ['pdf'] }, { services: [['auth'], ['pdf']] }, MATCH],
    [{ services: ['pdf'] }, { services: [] }, NO_MATCH],
    [{ containers: { name: ['web'], exitCode: [1] } }, { containers: [{ name: 'web', exitCode: 1 }] }, MATCH],
    [
      { containers: { name: ['web'], exitCode: [1] } },
      {
        containers: [
          { name: 'web', exitCode: 0 },
          { name: 'log', exitCode: 1 },
        ],
      },
      NO_MATCH,
    ],
    // Texts.
    [{ file: [{ prefix: 'data/' }] }, { file: 'data/one.png' }, MATCH],
    [{ file: [{ prefix: 'data/' }] }, { file: 'Data/one.png' }, NO_MATCH],
    [{ file: [{ prefix: { 'equals-ignore-case': 'DATA/' } }] }, { file: 'data/one.png' }, MATCH],
    [{ file: [{ suffix: '.png' }] }, { file: 'one.png' }, MATCH],
    [{ file: [{ suffix: '.png' }] }, { file: 'one.PNG' }, NO_MATCH],
    [{ file: [{ suffix: { 'equals-ignore-case': '.png' } }] }, { file: 'one.PNG' }, MATCH],
    [{ file: [{ prefix: '1' }] }, { file: 1 }, NO_MATCH],
    [{ name: [{ 'equals-ignore-case': 'ALICE' }] }, { name: 'alice' }, MATCH],
    [{ name: [{ 'equals-ignore-case': 'ALICE' }] }, { name: 'alice b' }, NO_MATCH],
    [{ file: [{ wildcard: 'dir/*.png' }] }, { file: 'dir/a/b.png' }, MATCH],
    [{ file: [{ wildcard: 'dir/*.png' }] }, { file: 'dir/.png' }, MATCH],
    [{ file: [{ wildcard: 'dir/*.png' }] }, { file: 'dir/bxpng' }, NO_MATCH],
    [{ file: [{ wildcard: '*' }] }, { file: 'two\nlines' }, MATCH],
    [{ file: [{ wildcard: 'a\\*b' }] }, { file: 'a*b' }, MATCH],
    [{ file: [{ wildcard: 'a\\*b' }] }, { file: 'axb' }, NO_MATCH],
    [{ file: [{ wildcard: 'a\\\\*' }] }, { file: 'a\\b' }, MATCH],
    // Anything but.
    [{ state: [{ 'anything-but': 'initializing' }] }, { state: 'running' }, MATCH],
    [{ state: [{ 'anything-but': 'initializing' }] }, { state: 'initializing' }, NO_MATCH],
    [{ state: [{ 'anything-but': 'initializing' }] }, { state: null }, MATCH],
    [{ state: [{ 'anything-but': 'initializing' }] }, {}, NO_MATCH],
    [{ state: [{ 'anything-but': 'a' }] }, { state: ['a', 'b'] }, MATCH],
    [{ state: [{ 'anything-but': ['stopped', 'overloaded'] }] }, { state: 'overloaded' }, NO_MATCH],
    [{ state: [{ 'anything-but': ['stopped', 'overloaded'] }] }, { state: 'fine' }, MATCH],
    [{ limit: [{ 'anything-but': 123 }] }, { limit: 123 }, NO_MATCH],
    [{ limit: [{ 'anything-but': [100, 200] }] }, { limit: 150 }, MATCH],
    [{ limit: [{ 'anything-but': 123 }] }, { limit: '123' }, MATCH],
    [{ region: [{ 'anything-but': { prefix: 'us-' } }] }, { region: 'us-east-2' }, NO_MATCH],
    [{ region: [{ 'anything-but': { prefix: 'us-' } }] }, { region: 'eu-west-1' }, MATCH],
    [{ region: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] }, { region: 'eu-west-1' }, NO_MATCH],
    [{ file: [{ 'anything-but': { suffix: '.png' } }] }, { file: 'one.png' }, NO_MATCH],
    [{ file: [{ 'anything-but': { suffix: ['.png', '.jpg'] } }] }, { file: 'one.gif' }, MATCH],
    [{ state: [{ 'anything-but': { 'equals-ignore-case': 'Init' } }] }, { state: 'INIT' }, NO_MATCH],
    [{ state: [{ 'anything-but': { 'equals-ignore-case': ['a', 'b'] } }] }, { state: 'C' }, MATCH],
    [{ path: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { path: '/usr/lib/x' }, NO_MATCH],
    [{ path: [{ 'anything-but': { wildcard: ['*/lib/*', '*/bin/*'] } }] }, { path: '/etc/x' }, MATCH],
    // Numbers.
    [{ price: [{ numeric: ['=', 300] }] }, { price: 300 }, MATCH],
    [{ price: [{ numeric: ['>', 10, '<=', 20] }] }, { price: 20 }, MATCH],
    [{ price: [{ numeric: ['>', 10, '<=', 20] }] }, { price: 10 }, NO_MATCH],
    [{ price: [{ numeric: ['>=', 10, '<', 20] }] }, { price: 20 }, NO_MATCH],
    [{ price: [{ numeric: ['<', 0] }] }, { price: -0.5 }, MATCH],
    [{ price: [{ numeric: ['<', 10] }] }, { price: '5' }, NO_MATCH],
    // Addresses.
    [{ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.255' }, MATCH],
    [{ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.1.0' }, NO_MATCH],
    [{ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: 'no address' }, NO_MATCH],
    [{ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db8:1::7' }, MATCH],
    [{ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '10.0.0.1' }, NO_MATCH],
    // Presence.
    [{ count: [{ exists: true }] }, { count: 0 }, MATCH],
    [{ count: [{ exists: true }] }, { count: null }, MATCH],
    [{ count: [{ exists: true }] }, {}, NO_MATCH],
    [{ count: [{ exists: true }] }, { count: { inner: 1 } }, NO_MATCH],
    [{ count: [{ exists: false }] }, {}, MATCH],
    [{ count: [{ exists: false }] }, { count: 1 }, NO_MATCH],
    [{ count: [{ exists: false }] }, { count: { inner: 1 } }, MATCH],
    [{ deep: { count: [{ exists: false }] } }, {}, MATCH],
    [{ count: [{ exists: false }, 1] }, { count: 1 }, MATCH],
    // Choices.
    [{ $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, MATCH],
    [{ $or: [{ a: [1] }, { b: [2] }] }, { a: 2, b: 1 }, NO_MATCH],
    [{ c: [3], $or: [{ a: [1] }, { b: [2] }] }, { a: 1, c: 4 }, NO_MATCH],
    [{ $or: [{ a: [1], c: [3] }, { b: [2] }] }, { a: 1 }, NO_MATCH],
    [{ $or: [{ a: [1] }, { b: [2], $or: [{ c: [3] }, { d: [4] }] }] }, { b: 2, d: 4 }, MATCH],
    [{ $or: { a: [1] } }, { $or: { a: 1 } }, MATCH],
    // Names that objects of JavaScript have of themselves.
    [{ constructor: [{ exists: false }] }, {}, MATCH],
    [{ toString: ['x'] }, {}, NO_MATCH],
  ])('%j against %j: %s', async (pattern, detail, expected) => {
    expect(await matches({ detail: pattern }, { ...envelope, detail })).toBe(expected);
  });
});

describe('a pattern that EventBridge refuses', () => {
  test.each<[string, unknown, string]>([
    ['no JSON', '{', 'Pattern is not valid JSON'],
    ['no object', '[]', 'Filter is not an object'],
    ['nothing in it', {}, 'Empty objects are not allowed'],
    ['a value that is no array', { source: 'custom.app' }, '"source" must be an object or an array'],
    ['an empty array', { source: [] }, 'Empty arrays are not allowed'],
    ['an empty object inside', { detail: {} }, 'Empty objects are not allowed'],
    ['an operator that does not exist', { source: [{ contains: 'a' }] }, 'Unrecognized match type contains'],
    ['two operators in one', { source: [{ prefix: 'a', suffix: 'b' }] }, 'Only one key allowed in match expression'],
    ['a prefix that is no text', { source: [{ prefix: 1 }] }, 'prefix match pattern must be a string'],
    ['exists: "yes"', { source: [{ exists: 'yes' }] }, 'exists match pattern must be either true or false.'],
    ['two asterisks', { source: [{ wildcard: 'a**' }] }, 'Consecutive wildcard characters are not allowed'],
    ['a stray backslash', { source: [{ wildcard: 'a\\b' }] }, 'Invalid escape character in wildcard'],
    ['a list within anything-but', { source: [{ 'anything-but': [] }] }, 'Empty arrays are not allowed'],
    ['numbers out of order', { a: [{ numeric: ['>', 5, '<', 5] }] }, 'Bottom must be less than top'],
    ['an unknown comparison', { a: [{ numeric: ['=>', 5] }] }, 'Unrecognized numeric range operator: =>'],
    ['a number too large', { a: [{ numeric: ['<', 6e9] }] }, 'Value must be between -5.0E9 and 5.0E9, inclusive'],
    ['no network', { a: [{ cidr: '10.0.0.0/33' }] }, "Malformed CIDR, one '/' required: 10.0.0.0/33"],
    ['an array within an array', { a: [['b']] }, 'Match value must be String, number, true, false, or null'],
  ])('%s', async (_what, pattern, reason) => {
    await expect(matches(pattern, { ...envelope, detail: {} })).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
      message: `Event pattern is not valid. Reason: ${reason}`,
    });
  });

  test('an event without an envelope is refused too', async () => {
    await expect(matches({ source: ['a'] }, { source: 'a' })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
