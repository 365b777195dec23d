import { expect, test } from 'vitest';
import { healthDelayMs, taskDelayMs, troubleDelayMs } from '../src/wait-schedule.ts';

test('the first looks at a task come quickly and then as its state allows', () => {
  const delays = [0, 1, 2, 3, 4, 50].map((looks) => taskDelayMs({ lastStatus: 'PROVISIONING', waitedMs: 0, looks }));
  expect(delays).toEqual([250, 500, 1_000, 1_500, 1_500, 1_500]);
});

test('a task that takes more than two minutes is looked at half as often', () => {
  expect(taskDelayMs({ lastStatus: 'PENDING', waitedMs: 120_000, looks: 9 })).toBe(1_000);
  expect(taskDelayMs({ lastStatus: 'PENDING', waitedMs: 120_001, looks: 9 })).toBe(2_000);
});

test('pauses after trouble double from one second to sixteen', () => {
  expect([1, 2, 3, 4, 5, 6, 99].map(troubleDelayMs)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000]);
});

test('health is looked at after half a second, and never after more than two', () => {
  expect([0, 1, 2, 3, 4, 99].map(healthDelayMs)).toEqual([500, 750, 1_125, 1_687.5, 2_000, 2_000]);
});
