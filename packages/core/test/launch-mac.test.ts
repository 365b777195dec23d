import { createSecretKey } from 'node:crypto';
import {
  encodeLaunchFacts,
  isAuthentic,
  type LaunchedWith,
  type LaunchKey,
  launchMac,
  type WrittenFacts,
} from '@start-engines/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutCopies } from '../src/model/launch-mac.ts';
import { at, facts, startedBy, task, taskArn } from './samples.ts';

const key: LaunchKey = {
  workspace: 'dev',
  secret: createSecretKey(Buffer.alloc(32, 7)),
  createdAt: at - 3_600_000,
};

/** RunTask's input. */
const requested: LaunchedWith = {
  startedBy,
  cluster: 'auth-cluster',
  taskDefinition: 'auth-api-task',
  enableExecuteCommand: false,
  overrides: {
    containerOverrides: [
      {
        name: 'app',
        environment: [
          { name: 'MODE', value: 'blue' },
          { name: 'START_ENGINES_LAUNCH_FACTS', value: '' },
        ],
      },
    ],
  },
};

function sign(launched = requested, changes: Parameters<typeof facts>[0] = {}): WrittenFacts {
  const signed = encodeLaunchFacts(facts({ launchedAt: at, ...changes }), (written) =>
    launchMac(key, written, launched),
  );
  return JSON.parse(signed) as WrittenFacts;
}

/** The same settings, as ECS shows them for the task. */
const created = {
  startedBy,
  cluster: 'arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster',
  taskDefinition: 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth-api-task:7',
  enableExecuteCommand: false,
  overrides: {
    inferenceAcceleratorOverrides: [],
    cpu: '',
    containerOverrides: [
      { name: 'sidecar', environment: [], command: [] },
      {
        name: 'app',
        command: [],
        environment: [
          { value: JSON.stringify(sign()), name: 'START_ENGINES_LAUNCH_FACTS' },
          { value: 'blue', name: 'MODE' },
        ],
      },
    ],
  },
  createdAt: at + 1_500,
};

const withApp = (changes: object, others: readonly object[] = []) => ({
  ...created,
  overrides: { containerOverrides: [...others, { ...created.overrides.containerOverrides[1], ...changes }] },
});

describe('launch facts are authentic', () => {
  test('in the form that ECS shows: with empty members, in another order, with ARNs and a revision', () => {
    expect(isAuthentic(key, sign(), created)).toBe(true);
  });

  test.each(['auth-api-task:7', 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth-api-task:7'])(
    'when task definition %s was requested',
    (taskDefinition) => {
      expect(isAuthentic(key, sign({ ...requested, taskDefinition }), created)).toBe(true);
    },
  );

  test('on a task older than the key, whatever they contain', () => {
    const old = { ...created, createdAt: key.createdAt - 1 };
    expect(isAuthentic(key, { v: 1, ...facts() }, old)).toBe(true);
    expect(isAuthentic(key, { v: 1, ...facts() }, { ...old, createdAt: key.createdAt })).toBe(false);
  });

  test('with additional facts of a later version', () => {
    const written = { ...sign(), later: 'fact' };
    expect(isAuthentic(key, written, created)).toBe(false);
    expect(isAuthentic(key, { ...written, mac: launchMac(key, written, requested) }, created)).toBe(true);
  });
});

// Attack review, finding 7: any principal that may run a task can write any facts, and copy those of another task.
describe('launch facts are not authentic', () => {
  test.each<[string, Parameters<typeof isAuthentic>[2]]>([
    ['another service', { ...created, startedBy: 'start-engines/dev/pdf' }],
    ['another workspace', { ...created, startedBy: 'start-engines/prod/auth' }],
    ['another cluster', { ...created, cluster: created.cluster.replace('auth-cluster', 'other') }],
    ['another family', { ...created, taskDefinition: created.taskDefinition.replace('auth-api-task', 'other') }],
    ['ECS Exec enabled', { ...created, enableExecuteCommand: true }],
    ['another command', withApp({ command: ['/bin/sh'] })],
    ['another variable', withApp({ environment: [{ name: 'MODE', value: 'green' }] })],
    ['a second set of facts', withApp({}, [{ ...created.overrides.containerOverrides[1], name: 'sidecar' }])],
    ['another image’s container', withApp({ name: 'other' })],
    ['another role', { ...created, overrides: { ...created.overrides, taskRoleArn: 'arn:aws:iam::1:role/x' } }],
    ['a creation more than 20 minutes after the launch', { ...created, createdAt: at + 20 * 60_000 + 1 }],
    ['a creation long before the launch', { ...created, createdAt: at - 5 * 60_000 - 1 }],
  ])('on a task with %s', (_what, other) => {
    expect(isAuthentic(key, sign(), other)).toBe(false);
  });

  test('with a revision other than the requested one', () => {
    const written = sign({ ...requested, taskDefinition: 'auth-api-task:6' });
    expect(isAuthentic(key, written, created)).toBe(false);
  });

  test('with another key, without a MAC, or without the time of the launch', () => {
    const otherKey = { ...key, secret: createSecretKey(Buffer.alloc(32, 8)) };
    expect(isAuthentic(otherKey, sign(), created)).toBe(false);
    const { mac: _, ...unsigned } = sign();
    expect(isAuthentic(key, unsigned, created)).toBe(false);
    const timeless: WrittenFacts = { v: 1, ...facts() };
    expect(isAuthentic(key, { ...timeless, mac: launchMac(key, timeless, requested) }, created)).toBe(false);
  });

  test('after a change of any one character', () => {
    const json = JSON.stringify(sign());
    fc.assert(
      fc.property(
        fc.nat(json.length - 1),
        fc.constantFrom(...'0123456789abcXYZ"{}[],: -_./'),
        fc.constantFrom('replace', 'insert', 'delete'),
        (index, character, change) => {
          const rest = json.slice(change === 'insert' ? index : index + 1);
          const changed = `${json.slice(0, index)}${change === 'delete' ? '' : character}${rest}`;
          const written = parse(changed);
          // Another spelling of the same value is equal, and a text that is not an object contains no facts.
          fc.pre(written !== undefined && canonical(written) !== canonical(JSON.parse(json)));
          expect(isAuthentic(key, written as WrittenFacts, created)).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

function parse(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

describe('two tasks with one MAC', () => {
  const mac = 'm'.repeat(43);
  const original = task({ taskArn: taskArn('b'), facts: facts({ mac }), createdAt: at - 10_000 });

  test('only the later one loses its facts', () => {
    const copy = task({ taskArn: taskArn('a'), facts: facts({ mac }), createdAt: at - 9_000 });
    const other = task({ taskArn: taskArn('c'), facts: facts({ mac: 'n'.repeat(43) }) });
    const { facts: _, ...withoutFacts } = copy;
    expect(withoutCopies([copy, original, other])).toEqual([
      { ...withoutFacts, factsProblem: { kind: 'copied', from: original.taskArn } },
      original,
      other,
    ]);
  });

  test('an ended original counts, too', () => {
    const ended = { ...original, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' };
    const copy = task({ taskArn: taskArn('a'), facts: facts({ mac }), createdAt: at });
    expect(withoutCopies([copy, ended]).map((one) => one.facts?.mac)).toEqual([undefined, mac]);
  });

  test('tasks without a MAC are not copies of each other', () => {
    const tasks = [task(), task({ taskArn: taskArn('b') })];
    expect(withoutCopies(tasks)).toEqual(tasks);
  });
});
