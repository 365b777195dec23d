import {
  adoptionTagOf,
  encodeLaunchFacts,
  formatMoment,
  formatRetireMark,
  formatStopReason,
  parseRetireMark,
  readLaunchFacts,
  retireTagOf,
} from '@start-engines/core';
import { expect, test } from 'vitest';
import { at, facts, groupArn } from './samples.ts';

test('facts can be read back from a container override', () => {
  expect(readLaunchFacts(encodeLaunchFacts(facts()), at)).toEqual({ facts: facts() });
});

test.each([undefined, '', 'null', '[]', '{}', JSON.stringify({ v: 1 }), JSON.stringify({ ...facts(), v: 2 })])(
  '%s is not a set of launch facts',
  (value) => {
    expect(readLaunchFacts(value, at).facts).toBeUndefined();
  },
);

// Attack review, finding 7: any principal that may run a task can write any facts.
test.each([
  ['launchId', ''],
  ['launchId', 'a b'],
  ['targets', []],
  ['targets', [{ targetGroupArn: 'x', port: 80 }]],
  ['targets', [{ targetGroupArn: groupArn.replace('elasticloadbalancing', 's3'), port: 80 }]],
  ['targets', [{ targetGroupArn: `${groupArn}\n`, port: 80 }]],
  ['targets', [{ targetGroupArn: groupArn, port: 0 }]],
  ['targets', [{ targetGroupArn: groupArn, port: 65_536 }]],
  ['targets', Array.from({ length: 65 }, () => ({ targetGroupArn: groupArn, port: 80 }))],
  ['waitFor', 'ready'],
  ['deadline', '1'],
  ['deadline', -1],
  ['deadline', at + 840_000 + 300_001],
  ['healthyTimeoutSeconds', 4],
  ['healthyTimeoutSeconds', 841],
  ['drainSeconds', -1],
  ['drainSeconds', 301],
  ['drainSeconds', 0.5],
  ['exclusiveTargetGroup', 'yes'],
  ['asked', -1],
  ['asked', at + 300_001],
  ['asked', 9e15],
  ['launchedAt', at + 300_001],
  ['launchedAt', null],
  ['startTimeoutSeconds', 9],
  ['startTimeoutSeconds', 841],
  ['generation', { predecessor: 'x', attempt: 0 }],
  ['generation', { predecessor: 'none', attempt: -1 }],
  ['generation', { predecessor: 'none', attempt: '\u001b[2J' }],
  ['correlationId', ''],
  ['correlationId', '\u001b[2J'],
  ['correlationId', 'x'.repeat(129)],
  ['mappingVersions', 3],
  ['mappingVersions', {}],
  ['mappingVersions', { service: '3' }],
  ['mappingVersions', { service: 3, defaults: -1 }],
  ['fingerprints', ['x']],
  ['fingerprints', { port: 'x'.repeat(65) }],
  ['fingerprints', { 'a b': 'x' }],
])('facts whose %s is %j are rejected with the name of the fact', (field, value) => {
  const written = JSON.stringify({ v: 1, ...facts(), [field]: value });
  expect(readLaunchFacts(written, at)).toEqual({ problem: { kind: 'unreadable', field } });
});

test('facts contain the versions of the task’s mapping, or none', () => {
  const versioned = facts({ mappingVersions: { service: 3, defaults: 2 } });
  expect(readLaunchFacts(encodeLaunchFacts(versioned), at).facts?.mappingVersions).toEqual({ service: 3, defaults: 2 });
  expect(readLaunchFacts(encodeLaunchFacts(facts()), at).facts?.mappingVersions).toBeUndefined();
});

test('facts at the bounds are accepted, because clocks differ by up to five minutes', () => {
  const extreme = facts({
    asked: at + 300_000,
    deadline: at + 1_140_000,
    launchedAt: at + 300_000,
    healthyTimeoutSeconds: 840,
    drainSeconds: 300,
    correlationId: 'x'.repeat(128),
  });
  expect(readLaunchFacts(encodeLaunchFacts(extreme), at)).toEqual({ facts: extreme });
});

test('facts that are too long for ECS are rejected', () => {
  const padded = `${encodeLaunchFacts(facts())}${' '.repeat(8_192)}`;
  expect(readLaunchFacts(padded, at)).toEqual({ problem: { kind: 'unreadable' } });
});

test('facts that could not be read back are not written, so no task is launched with them', () => {
  expect(() => encodeLaunchFacts(facts({ drainSeconds: 301 }))).toThrow(
    expect.objectContaining({ code: 'Internal', context: { field: 'drainSeconds', launchId: 'launch-1' } }),
  );
});

test.each([
  [Number.NaN, 'NaN'],
  [9e15, '9000000000000000'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
  [at, '2026-11-23T08:00:00.000Z'],
])('the time %d is formatted as %s', (epochMs, text) => {
  expect(formatMoment(epochMs)).toBe(text);
});

test('a retire mark can be read from the tag, and from the stop reason after StopTask has deleted the tags', () => {
  const mark = { asked: at, by: 'stop' } as const;
  expect(formatRetireMark(mark)).toBe('2026-11-23T08:00:00.000Z/stop');
  expect(formatStopReason(mark)).toBe('stop@2026-11-23T08:00:00.000Z');
  expect(parseRetireMark('2026-11-23T08:00:00.000Z/stop', undefined)).toEqual(mark);
  expect(parseRetireMark(undefined, 'stop@2026-11-23T08:00:00.000Z')).toEqual(mark);
  expect(parseRetireMark(undefined, 'Essential container in task exited')).toBeUndefined();
  expect(parseRetireMark('yesterday/stop', 'me@home')).toBeUndefined();
});

test('the tag’s value has only characters that are valid in a tag', () => {
  expect(formatRetireMark({ asked: at, by: 'restart' })).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
});

test.each([
  ['milliseconds', 1],
  ['seconds, as in the times of events on a bus', 1_000],
])('marks whose times differ by a few %s do not overwrite each other', (_what, stepMs) => {
  const times = Array.from({ length: 24 }, (_, index) => at + index * stepMs);
  expect(new Set(times.map((asked) => adoptionTagOf({ asked }))).size).toBe(24);
  const few = times.slice(0, 8);
  expect(new Set(few.map((asked) => retireTagOf({ asked, by: 'stop' }))).size).toBe(8);
});
