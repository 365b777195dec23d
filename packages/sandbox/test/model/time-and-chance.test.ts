import { expect, test } from 'vitest';
import { createHistory } from '../../src/model/history.ts';
import { createRandom } from '../../src/random.ts';
import { createVirtualClock } from '../../src/virtual-clock.ts';

test('the virtual clock runs timers in order of time, each at its own', async () => {
  const clock = createVirtualClock(1_000);
  const seen: string[] = [];
  clock.after(30, () => seen.push(`third at ${clock.now()}`));
  clock.after(10, () => {
    seen.push(`first at ${clock.now()}`);
    clock.after(5, () => seen.push(`second at ${clock.now()}`));
  });
  clock.after(31, () => seen.push('too late'));
  await clock.advance(30);

  expect(seen).toEqual(['first at 1010', 'second at 1015', 'third at 1030']);
  expect([clock.now(), clock.pending]).toEqual([1_030, 1]);
});

test('timers with the same due time run in the order they were set', async () => {
  const clock = createVirtualClock();
  const seen: string[] = [];
  clock.after(10, () => seen.push('first'));
  clock.after(10, () => seen.push('second'));
  await clock.advance(10);
  expect(seen).toEqual(['first', 'second']);
});

test('promise chains settle between timers', async () => {
  const clock = createVirtualClock(0);
  const seen: number[] = [];
  const chain = async (): Promise<void> => {
    for (let step = 0; step < 3; step++) {
      await clock.sleep(10);
      await Promise.resolve();
      seen.push(clock.now());
    }
  };
  void chain();
  await clock.advance(30);
  expect(seen).toEqual([10, 20, 30]);
});

test('a timer that is cancelled does not run', async () => {
  const clock = createVirtualClock();
  let ran = false;
  const cancel = clock.after(10, () => {
    ran = true;
  });
  cancel();
  await clock.advance(10);
  expect(ran).toBe(false);
});

test('running until idle stops at the last timer', async () => {
  const clock = createVirtualClock(0);
  clock.after(40, () => {});
  await clock.runUntilIdle(1_000);
  expect(clock.now()).toBe(40);
});

test('a seed repeats its sequence, and adjacent seeds give different ones', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed);
    return [random.hex(8), random.integer(1, 6), random.pick(['a', 'b', 'c'])];
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test('integers are evenly distributed and include both bounds', () => {
  const random = createRandom(42);
  const counts = new Map<number, number>();
  for (let throws = 0; throws < 6_000; throws++) {
    const number = random.integer(1, 6);
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test('probabilities of 0 and 1 are certain, and picking from an empty list is an error', () => {
  const random = createRandom(3);
  const throws = Array.from({ length: 200 }, () => [random.chance(0), random.chance(1)]);
  expect(throws.every(([never, always]) => !never && always)).toBe(true);
  expect(() => random.pick([])).toThrow(RangeError);
});

test('a history returns earlier values, up to its horizon', () => {
  const history = createHistory(100, 'a', 90);
  history.push(200, 'b');
  history.push(220, 'c');
  history.push(300, 'd');

  expect([300, 299, 220, 219, 210].map((time) => history.at(time))).toEqual(['d', 'c', 'c', 'b', 'b']);
  expect(history.at(199)).toBeUndefined();
  expect(history.latest).toBe('d');
});
