import {
  adoptedTagOf,
  decodeLaunchFacts,
  encodeLaunchFacts,
  formatRetireMark,
  formatStopReason,
  parseRetireMark,
  retireTagOf,
} from '@start-engines/core';
import { expect, test } from 'vitest';
import { at, facts } from './samples.ts';

test('facts survive the way through a container override', () => {
  expect(decodeLaunchFacts(encodeLaunchFacts(facts()))).toEqual(facts());
});

test.each([
  undefined,
  '',
  'null',
  '[]',
  '{}',
  JSON.stringify({ v: 1 }),
  JSON.stringify({ ...facts(), v: 2 }),
  JSON.stringify({ ...facts(), v: 1, targets: [{ targetGroupArn: 'x' }] }),
  JSON.stringify({ ...facts(), v: 1, deadline: '1' }),
  JSON.stringify({ ...facts(), v: 1, waitFor: 'ready' }),
])('%s is no set of launch facts', (text) => {
  expect(decodeLaunchFacts(text)).toBeUndefined();
});

test('a retire mark can be read from the tag, and from the stop reason after the tags are gone', () => {
  const mark = { asked: at, by: 'stop' } as const;
  expect(formatRetireMark(mark)).toBe('2026-11-23T08:00:00.000Z/stop');
  expect(formatStopReason(mark)).toBe('stop@2026-11-23T08:00:00.000Z');
  expect(parseRetireMark('2026-11-23T08:00:00.000Z/stop', undefined)).toEqual(mark);
  expect(parseRetireMark(undefined, 'stop@2026-11-23T08:00:00.000Z')).toEqual(mark);
  expect(parseRetireMark(undefined, 'Essential container in task exited')).toBeUndefined();
  expect(parseRetireMark('yesterday/stop', 'me@home')).toBeUndefined();
});

test('the tag’s value has only characters that a tag may have', () => {
  expect(formatRetireMark({ asked: at, by: 'restart' })).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
});

test.each([
  ['milliseconds', 1],
  ['seconds, as the times of events on a bus are', 1_000],
])('marks whose times differ by a few %s do not overwrite each other', (_what, stepMs) => {
  const times = Array.from({ length: 24 }, (_, index) => at + index * stepMs);
  expect(new Set(times.map(adoptedTagOf)).size).toBe(24);
  const few = times.slice(0, 8);
  expect(new Set(few.map((asked) => retireTagOf({ asked, by: 'stop' }))).size).toBe(8);
});
