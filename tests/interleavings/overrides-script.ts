import fc from 'fast-check';
import {
  aDelivery,
  anOwner,
  aScript,
  atOnce,
  aWaitFor,
  commonActs,
  inTurn,
  often,
  oneOf,
  withoutUndefined,
} from './draw.ts';
import type { Act, Overrides, Owner, Step } from './script.ts';

const someOverrides: fc.Arbitrary<Overrides> = fc
  .record({
    mode: fc.constantFrom(undefined, 'blue' as const, 'green' as const),
    revision: fc.constantFrom(undefined, undefined, 1 as const, 2 as const),
    elsewhere: fc.constantFrom(undefined, undefined, undefined, true as const),
  })
  .map(withoutUndefined);

function aStartWithOverrides(owner: fc.Arbitrary<Owner>): fc.Arbitrary<Act> {
  return fc
    .record({
      kind: fc.constant('start' as const),
      owner,
      delivery: aDelivery(),
      waitFor: aWaitFor,
      overrides: fc.oneof(often(2, someOverrides), often(1, fc.constant(undefined))),
    })
    .map(withoutUndefined);
}

/** Starts that request different things at about the same time. */
const race: fc.Arbitrary<readonly Step[]> = fc
  .record({
    owner: anOwner,
    pausesMs: fc.array(fc.integer({ min: 0, max: 800 }), { minLength: 2, maxLength: 3 }),
    seeds: fc.array(someOverrides, { minLength: 3, maxLength: 3 }),
  })
  .map(({ owner, pausesMs, seeds }) =>
    pausesMs.map((afterMs, index): Step => {
      return { afterMs, act: { kind: 'start', owner, delivery: atOnce, overrides: seeds[index] ?? {} } };
    }),
  );

/** Starts that request different settings, some of them at about the same time. */
export const overrides = aScript(
  inTurn([often(4, oneOf(commonActs({ start: aStartWithOverrides(anOwner) }))), often(2, race)]),
  { hasSecondCluster: fc.constant(true) },
);
