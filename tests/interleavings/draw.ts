import fc from 'fast-check';
import type { Act, Delivery, Owner, Script, Step, WaitFor } from './script.ts';
import type { Trouble } from './troubles.ts';

/** A value and its weight in the draw. */
export interface Weighted<Value> {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Value>;
}

export const often = <Value>(weight: number, arbitrary: fc.Arbitrary<Value>): Weighted<Value> => ({
  weight,
  arbitrary,
});

export const anOwner: fc.Arbitrary<Owner> = fc.oneof(
  often(6, fc.constant<Owner>({ workspace: 'dev', service: 'auth' })),
  often(1, fc.constant<Owner>({ workspace: 'dev', service: 'pdf' })),
  often(2, fc.constant<Owner>({ workspace: 'prod', service: 'auth' })),
);

const dies = fc.record({ atCall: fc.integer({ min: 1, max: 14 }), afterEffect: fc.boolean() });

const soonCopies = fc.oneof(
  often(3, fc.constant<number[]>([])),
  often(
    2,
    fc.array(fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 15_000 })), { maxLength: 2 }),
  ),
);

const soonLate = fc.oneof(
  often(6, fc.constant(0)),
  often(3, fc.integer({ min: 1, max: 15_000 })),
  // Lambda's own retries follow one and two minutes later.
  often(1, fc.integer({ min: 15_000, max: 120_000 })),
);

export function aDelivery({ lateMs = soonLate, copies = soonCopies } = {}): fc.Arbitrary<Delivery> {
  return fc
    .record({
      lateMs,
      copies,
      dies: fc.oneof(often(5, fc.constant(undefined)), often(1, dies)),
      asynchronous: fc.boolean(),
    })
    .map(withoutUndefined);
}

export const aWaitFor = fc.constantFrom<WaitFor | undefined>(undefined, undefined, 'none', 'running', 'healthy');

/** The parts of acts, which a dimension may replace. */
export interface Ingredients {
  readonly owner?: fc.Arbitrary<Owner>;
  readonly delivery?: fc.Arbitrary<Delivery>;
  readonly start?: fc.Arbitrary<Act>;
}

/** The acts of every dimension. */
export function commonActs({
  owner = anOwner,
  delivery = aDelivery(),
  start,
}: Ingredients = {}): readonly Weighted<Act>[] {
  const plainStart: fc.Arbitrary<Act> = fc
    .record({ kind: fc.constant('start' as const), owner, delivery, waitFor: aWaitFor })
    .map(withoutUndefined);
  return [
    often(9, start ?? plainStart),
    often(6, fc.record({ kind: fc.constant('stop' as const), owner, delivery })),
    often(3, fc.record({ kind: fc.constant('restart' as const), owner, delivery })),
    often(2, aReconcile),
    often(3, fc.record({ kind: fc.constantFrom('crash' as const, 'crash' as const, 'spot' as const), owner })),
    often(1, aHealth),
    often(1, fc.record({ kind: fc.constant('capacity' as const), available: fc.boolean() })),
    often(2, anEdit(owner)),
    often(1, fc.record({ kind: fc.constant('delete-group' as const), owner })),
    often(2, aTrouble),
  ];
}

export const aReconcile: fc.Arbitrary<Act> = fc
  .record({
    kind: fc.constant('reconcile' as const),
    workspace: fc.constantFrom('dev' as const, 'prod' as const),
    dies: fc.oneof(often(3, fc.constant(undefined)), often(1, dies)),
  })
  .map(withoutUndefined);

const aHealth = fc.record({
  kind: fc.constant('health' as const),
  statusCode: fc.constantFrom(200 as const, 503 as const),
});

function anEdit(owner: fc.Arbitrary<Owner>): fc.Arbitrary<Act> {
  return fc.record({
    kind: fc.constant('edit' as const),
    owner,
    port: fc.constantFrom(8080 as const, 8081 as const),
    groups: fc.constantFrom('first' as const, 'second' as const, 'both' as const),
  });
}

export const changingCalls = ['RunTask', 'TagResource', 'RegisterTargets', 'DeregisterTargets', 'StopTask'] as const;

const aTrouble: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('trouble' as const),
  operation: fc.constantFrom('DescribeTasks', ...changingCalls),
  trouble: fc.constantFrom<Trouble>('throttled', 'lost-before', 'lost-after'),
  times: fc.integer({ min: 1, max: 3 }),
});

const pause = fc.oneof(
  often(3, fc.integer({ min: 0, max: 300 })),
  often(4, fc.integer({ min: 0, max: 3_000 })),
  often(2, fc.integer({ min: 0, max: 15_000 })),
);

/** One act after a pause. */
export function oneOf(
  acts: readonly Weighted<Act>[],
  afterMs: fc.Arbitrary<number> = pause,
): fc.Arbitrary<readonly Step[]> {
  return fc.record({ afterMs, act: fc.oneof(...acts) }).map((step) => [step]);
}

/** Several parts, one after the other. */
export function inTurn(
  parts: readonly Weighted<readonly Step[]>[],
  { minLength = 2, maxLength = 12 } = {},
): fc.Arbitrary<readonly Step[]> {
  return fc.array(fc.oneof(...parts), { minLength, maxLength, size: 'max' }).map((drawn) => drawn.flat());
}

/** A direct call without trouble. */
export const atOnce: Delivery = { lateMs: 0, copies: [], asynchronous: false };

/** A script of these steps in an otherwise ordinary world. */
export function aScript(
  steps: fc.Arbitrary<readonly Step[]>,
  world: { readonly [Key in keyof Omit<Script, 'seed' | 'steps'>]?: fc.Arbitrary<Script[Key]> } = {},
): fc.Arbitrary<Script> {
  return fc.record({
    seed: fc.noShrink(fc.nat()),
    eventShare: world.eventShare ?? fc.constantFrom(0, 0.2, 1),
    throttling:
      world.throttling ?? fc.oneof(often(4, fc.constant('off' as const)), often(1, fc.constant('documented' as const))),
    pace: world.pace ?? fc.constantFrom('hasty' as const, 'steady' as const),
    ipReuse: world.ipReuse ?? fc.constantFrom(0, 0.5, 1),
    oldReads: world.oldReads ?? fc.constant([]),
    isAged: world.isAged ?? fc.constant(false),
    groups: world.groups ?? fc.constant('own' as const),
    wakes: world.wakes ?? fc.constant(false),
    hasSecondCluster: world.hasSecondCluster ?? fc.constant(false),
    steps,
  });
}

/** The types distinguish a missing member from an undefined one. */
export function withoutUndefined<Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
