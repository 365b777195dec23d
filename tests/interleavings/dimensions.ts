import fc from 'fast-check';
import {
  aDelivery,
  anOwner,
  aReconcile,
  aScript,
  atOnce,
  changingCalls,
  commonActs,
  inTurn,
  often,
  oneOf,
} from './draw.ts';
import { overrides } from './overrides-script.ts';
import type { Act, Owner, Script, Step } from './script.ts';
import type { Trouble } from './troubles.ts';

/** One way in which a script's conditions are harder than usual. */
export interface Dimension {
  readonly name: string;
  readonly script: fc.Arbitrary<Script>;
  /** How many scripts `npm test` plays. */
  readonly quickRuns: number;
  /** What in the current core breaks a rule in this dimension. `npm test` skips the dimension meanwhile. */
  readonly violatedBy?: string;
}

const auth: Owner = { workspace: 'dev', service: 'auth' };
const upTo = (max: number) => fc.integer({ min: 0, max });
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A task crashes, an operation looks at the service and is delayed half-way, and meanwhile the next task is started. */
const relay: fc.Arbitrary<readonly Step[]> = fc
  .record({
    owner: anOwner,
    lookMs: fc.integer({ min: 100, max: 600 }),
    startMs: upTo(500),
    operation: fc.constantFrom('ListTasks', 'DescribeTasks'),
    heldUpMs: upTo(300),
    times: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ owner, lookMs, startMs, operation, heldUpMs, times }): Step[] => [
    { afterMs: 4_000, act: { kind: 'crash', owner } },
    { afterMs: lookMs, act: { kind: 'reconcile', workspace: owner.workspace } },
    { afterMs: startMs, act: { kind: 'start', owner, delivery: atOnce } },
    { afterMs: heldUpMs, act: { kind: 'trouble', operation, trouble: 'throttled', times } },
  ]);

const anyLife = aScript(inTurn([often(9, oneOf(commonActs())), often(2, relay)]));

/** One task after the other gets the same address, faster than an operation can look at the whole service. */
const relays = aScript(
  fc.array(relay, { minLength: 2, maxLength: 5 }).map((parts) => parts.flat()),
  { pace: fc.constant('hasty'), ipReuse: fc.constant(1) },
);

/** A generation of the service that has ended, or is still live, after hours. */
function aGeneration(end: fc.Arbitrary<'crash' | 'stop' | undefined>): fc.Arbitrary<readonly Step[]> {
  return fc.record({ end, livesMs: upTo(4 * hourMs), pauseMs: upTo(4 * hourMs) }).map(({ end, livesMs, pauseMs }) => {
    const start: Step = { afterMs: pauseMs, act: { kind: 'start', owner: auth, delivery: atOnce } };
    if (end === undefined) return [start];
    const ending: Act = end === 'stop' ? { kind: end, owner: auth, delivery: atOnce } : { kind: end, owner: auth };
    return [start, { afterMs: minuteMs + livesMs, act: ending }];
  });
}

/** The service's task ends, and several starts arrive while reads are still stale. */
const crowd: fc.Arbitrary<readonly Step[]> = fc
  .record({
    end: fc.constantFrom('crash' as const, 'crash' as const, 'stop' as const),
    firstMs: upTo(1_000),
    laterMs: fc.array(upTo(600), { minLength: 1, maxLength: 3 }),
    delivery: aDelivery({ lateMs: fc.constant(0) }),
  })
  .map(({ end, firstMs, laterMs, delivery }): Step[] => [
    { afterMs: 0, act: end === 'stop' ? { kind: end, owner: auth, delivery: atOnce } : { kind: end, owner: auth } },
    { afterMs: firstMs, act: { kind: 'start', owner: auth, delivery } },
    ...laterMs.map((afterMs): Step => ({ afterMs, act: { kind: 'start', owner: auth, delivery: atOnce } })),
  ]);

/** A service whose earlier tasks ECS has forgotten, and whose launch tokens have expired. */
const aged = aScript(
  fc
    .record({
      past: fc.array(aGeneration(fc.constantFrom('crash' as const, 'stop' as const)), { maxLength: 2 }),
      living: fc.oneof(often(3, aGeneration(fc.constant(undefined))), often(1, fc.constant<readonly Step[]>([]))),
      hoursMs: upTo(9 * hourMs),
      now: inTurn(
        [
          often(
            3,
            oneOf(
              commonActs({
                owner: fc.constant(auth),
                delivery: aDelivery({ lateMs: fc.oneof(often(3, fc.constant(0)), often(1, upTo(2 * hourMs))) }),
              }),
            ),
          ),
          often(2, crowd),
        ],
        { maxLength: 8 },
      ),
    })
    .map(({ past, living, hoursMs, now: [first, ...others] }): readonly Step[] => [
      ...past.flat(),
      ...living,
      ...(first === undefined ? [] : [{ ...first, afterMs: hoursMs + first.afterMs }]),
      ...others,
    ]),
  { isAged: fc.constant(true) },
);

const anyOwner = fc.constantFrom<Owner>(
  { workspace: 'dev', service: 'auth' },
  { workspace: 'dev', service: 'pdf' },
  { workspace: 'prod', service: 'auth' },
);

/** One service's task ends, and another service starts, often with the released address. */
const succession: fc.Arbitrary<readonly Step[]> = fc
  .record({
    end: fc.constantFrom('crash' as const, 'stop' as const, 'finish' as const),
    ending: anyOwner,
    starting: anyOwner,
    pauseMs: upTo(8_000),
    look: fc.option(aReconcile, { nil: undefined }),
  })
  .map(({ end, ending, starting, pauseMs, look }): Step[] => [
    { afterMs: 2_000, act: { kind: 'start', owner: ending, delivery: atOnce } },
    {
      afterMs: 8_000,
      act: end === 'stop' ? { kind: end, owner: ending, delivery: atOnce } : { kind: end, owner: ending },
    },
    { afterMs: pauseMs, act: { kind: 'start', owner: starting, delivery: atOnce } },
    ...(look === undefined ? [] : [{ afterMs: 4_000, act: look }]),
  ]);

const sharedGroups = aScript(inTurn([often(3, oneOf(commonActs({ owner: anyOwner }))), often(2, succession)]), {
  groups: fc.constantFrom('declared' as const, 'shared' as const, 'undeclared' as const),
  ipReuse: fc.constantFrom(0.5, 1),
  eventShare: fc.constantFrom(0, 0.2),
});

const ecsCalls = ['ListTasks', 'DescribeTasks', ...changingCalls] as const;

function anOutage(operations: readonly string[], leastMs: number, mostMs: number): fc.Arbitrary<Act> {
  return fc.record({
    kind: fc.constant('outage' as const),
    operation: fc.constantFrom(...operations),
    trouble: fc.constantFrom<Trouble>('throttled', 'throttled', 'unavailable', 'hangs'),
    forMs: fc.integer({ min: leastMs, max: mostMs }),
    share: fc.constantFrom('all' as const, 'all' as const, 'half of the callers' as const, 'most calls' as const),
  });
}

/** The API fails while one start waits for healthy and another start adopts its task. */
const outOnTheWay: fc.Arbitrary<readonly Step[]> = fc
  .record({
    owner: anOwner,
    first: fc.constantFrom('start' as const, 'restart' as const),
    outMs: upTo(8_000),
    secondMs: upTo(4_000),
    outage: anOutage(['DescribeTargetHealth', ...ecsCalls], 30_000, 90_000),
    delivery: aDelivery({ lateMs: fc.constant(0) }),
  })
  .map(({ owner, first, outMs, secondMs, outage, delivery }): Step[] => [
    {
      afterMs: 1_000,
      act: first === 'start' ? { kind: first, owner, delivery, waitFor: 'healthy' } : { kind: first, owner, delivery },
    },
    { afterMs: secondMs, act: { kind: 'start', owner, delivery: atOnce } },
    { afterMs: outMs, act: outage },
  ]);

const outages = aScript(
  inTurn(
    [
      often(6, oneOf(commonActs())),
      often(1, oneOf([often(1, anOutage(['DescribeTargetHealth', ...ecsCalls], 30_000, 90_000))])),
      often(2, outOnTheWay),
    ],
    { maxLength: 9 },
  ),
);

const oldReads = aScript(inTurn([often(9, oneOf(commonActs())), often(2, relay)]), {
  oldReads: fc.subarray(['tasks' as const, 'tags' as const, 'targets' as const], { minLength: 1 }),
});

const aLateEffect: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('late' as const),
  operation: fc.constantFrom(...changingCalls, 'RunTask'),
  effectAfterMs: upTo(25_000),
  unanswered: upTo(3),
});

/** RunTask takes effect late, and meanwhile the service is stopped. */
const lateLaunch: fc.Arbitrary<readonly Step[]> = fc
  .record({
    owner: anOwner,
    effectAfterMs: upTo(25_000),
    unanswered: upTo(3),
    delivery: aDelivery({ lateMs: fc.constant(0) }),
    stopMs: upTo(12_000),
  })
  .map(({ owner, effectAfterMs, unanswered, delivery, stopMs }): Step[] => [
    { afterMs: 1_000, act: { kind: 'late', operation: 'RunTask', effectAfterMs, unanswered } },
    { afterMs: 0, act: { kind: 'start', owner, delivery } },
    { afterMs: stopMs, act: { kind: 'stop', owner, delivery: atOnce } },
  ]);

const lateEffects = aScript(inTurn([often(5, oneOf([...commonActs(), often(4, aLateEffect)])), often(1, lateLaunch)]));

/** More starts and stops at once than Parameter Store's read and write rates allow. */
const rush: fc.Arbitrary<readonly Step[]> = fc
  .record({
    kinds: fc.array(fc.constantFrom('start' as const, 'stop' as const), { minLength: 4, maxLength: 12 }),
    owner: fc.constant(anyOwner),
  })
  .chain(({ kinds, owner }) =>
    fc.tuple(
      ...kinds.map((kind) => owner.map((one): Step => ({ afterMs: 30, act: { kind, owner: one, delivery: atOnce } }))),
    ),
  );

const parameterStore = aScript(
  inTurn([
    often(6, oneOf(commonActs())),
    often(2, oneOf([often(1, anOutage(['GetParameters', 'PutParameter'], 1_000, 40_000))])),
    often(1, rush),
  ]),
  { throttling: fc.constant('documented') },
);

const redelivery = aScript(
  inTurn([
    often(
      8,
      oneOf(
        [
          ...commonActs({
            delivery: aDelivery({ copies: fc.array(upTo(10 * minuteMs), { minLength: 1, maxLength: 3 }) }),
          }),
          often(6, fc.record({ kind: fc.constantFrom('crash' as const, 'finish' as const), owner: anOwner })),
        ],
        fc.oneof(upTo(15_000), upTo(3 * minuteMs)),
      ),
    ),
    often(1, relay),
  ]),
);

const aForgery: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('forge' as const),
  owner: anOwner,
  facts: fc.constantFrom('made-up' as const, 'copied' as const),
  takesToken: fc.boolean(),
});

/** Leaves out copies within seconds of a request that waits for nothing; docs/adr/0023 describes that gap. */
const copied: fc.Arbitrary<readonly Step[]> = fc
  .record({ owner: anOwner, delivery: aDelivery(), pauseMs: fc.integer({ min: 5_000, max: 30_000 }) })
  .map(({ owner, delivery, pauseMs }): Step[] => [
    { afterMs: 1_000, act: { kind: 'start', owner, delivery } },
    { afterMs: pauseMs, act: { kind: 'forge', owner, facts: 'copied', takesToken: false } },
  ]);

const forged = aScript(inTurn([often(6, oneOf([...commonActs(), often(5, aForgery)])), often(1, copied)]), {
  // If a forged task has taken over an address, the address does not show who registered it.
  ipReuse: fc.constant(0),
});

/** A stop, and a start while its route settles. */
const startWhileSettling: fc.Arbitrary<readonly Step[]> = fc
  .record({
    owner: anOwner,
    upMs: fc.integer({ min: 5_000, max: 20_000 }),
    startMs: upTo(50_000),
    delivery: aDelivery({ lateMs: fc.constant(0) }),
    look: fc.option(aReconcile, { nil: undefined }),
  })
  .map(({ owner, upMs, startMs, delivery, look }): Step[] => [
    { afterMs: 1_000, act: { kind: 'start', owner, delivery: atOnce } },
    { afterMs: upMs, act: { kind: 'stop', owner, delivery } },
    { afterMs: startMs, act: { kind: 'start', owner, delivery } },
    ...(look === undefined ? [] : [{ afterMs: 1_000, act: look }]),
  ]);

const ruleTrouble: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('trouble' as const),
  operation: fc.constantFrom('ModifyRule', 'DescribeRules'),
  trouble: fc.constantFrom<Trouble>('throttled', 'lost-before', 'lost-after'),
  times: fc.integer({ min: 1, max: 4 }),
});

const aRequest: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('start' as const),
  owner: anOwner,
  delivery: aDelivery(),
  isWake: fc.constant(true as const),
});

const routes = aScript(
  inTurn([
    often(6, oneOf([...commonActs(), often(2, ruleTrouble), often(6, aRequest)])),
    often(2, startWhileSettling),
    often(1, relay),
  ]),
  { wakes: fc.constant(true) },
);

export const dimensions: readonly Dimension[] = [
  { name: 'plain', script: fc.oneof(often(7, anyLife), often(1, relays)), quickRuns: 150 },
  { name: 'aged', script: aged, quickRuns: 40 },
  { name: 'overrides', script: overrides, quickRuns: 40 },
  { name: 'shared-groups', script: sharedGroups, quickRuns: 40 },
  { name: 'outages', script: outages, quickRuns: 40 },
  {
    name: 'old-reads',
    script: oldReads,
    quickRuns: 40,
  },
  { name: 'late-effects', script: lateEffects, quickRuns: 40 },
  { name: 'parameter-store', script: parameterStore, quickRuns: 40 },
  { name: 'redelivery', script: redelivery, quickRuns: 40 },
  { name: 'forged', script: forged, quickRuns: 40 },
  { name: 'routes', script: routes, quickRuns: 40 },
];

/** @throws RangeError for an unknown name */
export function dimensionOf(name: string): Dimension {
  const found = dimensions.find((dimension) => dimension.name === name);
  if (found === undefined) throw new RangeError(`there is no dimension ${name}`);
  return found;
}
