import { expect, test } from 'vitest';
import { healthDelayMs, taskDelayMs, troubleDelayMs } from '../src/plan/wait-schedule.ts';

const calm = { waitedMs: 0, looks: 50, heldUpMs: 0 };

test('the first looks at a task come quickly, and later ones as its state allows (R10)', () => {
  const delays = [0, 1, 2, 3, 4, 50].map((looks) => taskDelayMs({ ...calm, lastStatus: 'PROVISIONING', looks }));
  expect(delays).toEqual([250, 500, 1_000, 2_000, 2_000, 2_000]);
});

test('a task that takes more than two minutes is looked at half as often', () => {
  expect(taskDelayMs({ ...calm, lastStatus: 'PENDING', waitedMs: 120_000 })).toBe(1_000);
  expect(taskDelayMs({ ...calm, lastStatus: 'PENDING', waitedMs: 120_001 })).toBe(2_000);
});

test('an operation that throttles have delayed for more than five seconds slows down, within bounds', () => {
  const delays = [0, 2_000, 5_000, 5_001, 8_000, 400_000].map((heldUpMs) => [
    taskDelayMs({ ...calm, lastStatus: 'RUNNING', looks: 1, heldUpMs }),
    taskDelayMs({ ...calm, lastStatus: 'RUNNING', looks: 2, heldUpMs }),
    healthDelayMs(0, heldUpMs),
  ]);
  expect(delays).toEqual([
    [500, 500, 500],
    [500, 500, 500],
    [1_250, 1_250, 1_250],
    [10_002, 10_002, 10_002],
    [16_000, 15_000, 15_000],
    [40_000, 15_000, 15_000],
  ]);
});

test('pauses after errors double from one second to eight, with a spread of one half', () => {
  expect([1, 2, 3, 4, 5, 99].map((failures) => troubleDelayMs(failures, 0))).toEqual([
    1_000, 2_000, 4_000, 8_000, 8_000, 8_000,
  ]);
  expect([0, 0.25, 0.5, 1].map((spread) => troubleDelayMs(4, spread))).toEqual([8_000, 7_000, 6_000, 4_000]);
});

test('health is read after half a second, and then at least every two seconds', () => {
  expect([0, 1, 2, 3, 4, 99].map((looks) => healthDelayMs(looks, 0))).toEqual([500, 750, 1_125, 1_687.5, 2_000, 2_000]);
});
