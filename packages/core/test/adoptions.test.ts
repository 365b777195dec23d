import { describe, expect, test } from 'vitest';
import { adoptionFor, extendLease, isAdoptionNoted, leaseEndOf, withAdoption } from '../src/model/adoptions.ts';
import { at, facts, task } from './samples.ts';

const hour = 3_600_000;
const leased = task({ facts: facts({ asked: at, leaseUntil: at + hour }) });
const person = (asked: number, leaseUntil?: number) => ({ asked, leaseUntil });
const wake = (asked: number, leaseUntil?: number) => ({ asked, isWake: true, leaseUntil }) as const;

describe('a lease', () => {
  test('is extended by a later request, and never shortened', () => {
    const extended = withAdoption(leased, person(at + 1, at + 3 * hour));
    expect(leaseEndOf(extended)).toBe(at + 3 * hour);
    expect(leaseEndOf(withAdoption(extended, person(at + 2, at + 2 * hour)))).toBe(at + 3 * hour);
  });

  test('ends with a start without a lease, and not with a wake without one', () => {
    expect(leaseEndOf(withAdoption(leased, person(at + 1)))).toBeUndefined();
    expect(leaseEndOf(withAdoption(leased, wake(at + 1)))).toBe(at + hour);
    expect(leaseEndOf(withAdoption(leased, wake(at + 1, at + 2 * hour)))).toBe(at + 2 * hour);
  });

  test('of a task that was requested without an end stays without one', () => {
    expect(leaseEndOf(withAdoption(task(), person(at + 1, at + hour)))).toBeUndefined();
  });

  test('is passed on to the task of a restart; no end is the longest', () => {
    expect(extendLease(at + hour, undefined)).toBe(at + hour);
    expect(extendLease(at + hour / 2, leased)).toBe(at + hour);
    expect(extendLease(at + hour, task())).toBeUndefined();
    expect(extendLease(undefined, leased)).toBeUndefined();
  });

  // A tag holds one request: the next one with the same tag erases it.
  test('is written again with a later request that would shorten it', () => {
    const extended = withAdoption(leased, person(at + 1, at + 3 * hour));
    expect(adoptionFor(extended, person(at + 2, at + 2 * hour))).toEqual({ asked: at + 2, leaseUntil: at + 3 * hour });
  });
});

test('a request that is older and has a longer lease is recorded', () => {
  expect(isAdoptionNoted(leased, person(at - 1, at + hour))).toBe(true);
  expect(isAdoptionNoted(leased, person(at - 1, at + 2 * hour))).toBe(false);
  expect(isAdoptionNoted(leased, wake(at + 1))).toBe(false);
});
