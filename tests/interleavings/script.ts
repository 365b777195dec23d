import fc from 'fast-check';

/** One of the four services that share the cluster: two names in each of two workspaces. */
export interface Owner {
  readonly workspace: 'dev' | 'prod';
  readonly service: 'auth' | 'pdf';
}

/** How one event is delivered. */
export interface Delivery {
  /** How long before its arrival it was asked for, in milliseconds. */
  readonly lateMs: number;
  /** The milliseconds after the first one at which further copies arrive. */
  readonly copies: readonly number[];
  /** The process that takes it is never heard of again after this call, which took effect or did not. */
  readonly dies?: { readonly atCall: number; readonly afterEffect: boolean };
  /** Lambda tries an asynchronous invocation again; a direct caller does not. */
  readonly asynchronous: boolean;
}

export type Act =
  | { readonly kind: 'start'; readonly owner: Owner; readonly delivery: Delivery; readonly waitFor?: WaitFor }
  | { readonly kind: 'stop' | 'restart'; readonly owner: Owner; readonly delivery: Delivery }
  | {
      readonly kind: 'reconcile';
      readonly workspace: Owner['workspace'];
      readonly dies?: NonNullable<Delivery['dies']>;
    }
  | { readonly kind: 'crash' | 'spot'; readonly owner: Owner }
  /** What tasks that are started from now on answer to health checks. */
  | { readonly kind: 'health'; readonly statusCode: 200 | 503 }
  | { readonly kind: 'capacity'; readonly available: boolean }
  | {
      readonly kind: 'edit';
      readonly owner: Owner;
      readonly port: 8080 | 8081;
      readonly groups: 'first' | 'second' | 'both';
    }
  /** The second target group is deleted for good, and the mapping names the first alone from now on. */
  | { readonly kind: 'delete-group'; readonly owner: Owner }
  | { readonly kind: 'trouble'; readonly operation: string; readonly trouble: Trouble; readonly times: number };

type WaitFor = 'none' | 'running' | 'healthy';
/** What happens to a call: refused, lost on its way, or lost on its way back. */
export type Trouble = 'throttled' | 'lost-before' | 'lost-after';

export interface Step {
  /** How long after the step before it happens, in milliseconds. */
  readonly afterMs: number;
  readonly act: Act;
}

/** Everything that one run does and everything that is left to chance in it. */
export interface Script {
  readonly seed: number;
  /** How long AWS takes for things: at most a tenth of a second, or up to some seconds. */
  readonly pace: 'hasty' | 'steady';
  /** How many of ECS' state-change events arrive, from 0 to 1; those that do are late, doubled and out of order. */
  readonly eventShare: number;
  readonly ipReuse: number;
  readonly throttling: 'off' | 'documented';
  readonly steps: readonly Step[];
}

const often = <Value>(weight: number, arbitrary: fc.Arbitrary<Value>) => ({ weight, arbitrary });

const owner: fc.Arbitrary<Owner> = fc.oneof(
  often(6, fc.constant<Owner>({ workspace: 'dev', service: 'auth' })),
  often(1, fc.constant<Owner>({ workspace: 'dev', service: 'pdf' })),
  often(2, fc.constant<Owner>({ workspace: 'prod', service: 'auth' })),
);

const dies = fc.record({ atCall: fc.integer({ min: 1, max: 14 }), afterEffect: fc.boolean() });

const delivery: fc.Arbitrary<Delivery> = fc
  .record({
    lateMs: fc.oneof(
      often(6, fc.constant(0)),
      often(3, fc.integer({ min: 1, max: 15_000 })),
      // Lambda's own retries come a minute and two minutes later.
      often(1, fc.integer({ min: 15_000, max: 120_000 })),
    ),
    copies: fc.oneof(
      often(3, fc.constant<number[]>([])),
      often(
        2,
        fc.array(fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 15_000 })), { maxLength: 2 }),
      ),
    ),
    dies: fc.oneof(often(5, fc.constant(undefined)), often(1, dies)),
    asynchronous: fc.boolean(),
  })
  .map(withoutUndefined);

const act: fc.Arbitrary<Act> = fc.oneof(
  often(
    9,
    fc
      .record({
        kind: fc.constant('start' as const),
        owner,
        delivery,
        waitFor: fc.constantFrom<WaitFor | undefined>(undefined, undefined, 'none', 'running', 'healthy'),
      })
      .map(withoutUndefined),
  ),
  often(6, fc.record({ kind: fc.constant('stop' as const), owner, delivery })),
  often(3, fc.record({ kind: fc.constant('restart' as const), owner, delivery })),
  often(
    2,
    fc
      .record({
        kind: fc.constant('reconcile' as const),
        workspace: fc.constantFrom('dev' as const, 'prod' as const),
        dies: fc.oneof(often(3, fc.constant(undefined)), often(1, dies)),
      })
      .map(withoutUndefined),
  ),
  often(3, fc.record({ kind: fc.constantFrom('crash' as const, 'crash' as const, 'spot' as const), owner })),
  often(
    1,
    fc.record({ kind: fc.constant('health' as const), statusCode: fc.constantFrom(200 as const, 503 as const) }),
  ),
  often(1, fc.record({ kind: fc.constant('capacity' as const), available: fc.boolean() })),
  often(
    2,
    fc.record({
      kind: fc.constant('edit' as const),
      owner,
      port: fc.constantFrom(8080 as const, 8081 as const),
      groups: fc.constantFrom('first' as const, 'second' as const, 'both' as const),
    }),
  ),
  often(1, fc.record({ kind: fc.constant('delete-group' as const), owner })),
  often(
    2,
    fc.record({
      kind: fc.constant('trouble' as const),
      operation: fc.constantFrom(
        'RunTask',
        'DescribeTasks',
        'TagResource',
        'RegisterTargets',
        'DeregisterTargets',
        'StopTask',
      ),
      trouble: fc.constantFrom<Trouble>('throttled', 'lost-before', 'lost-after'),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  ),
);

const pause = fc.oneof(
  often(3, fc.integer({ min: 0, max: 300 })),
  often(4, fc.integer({ min: 0, max: 3_000 })),
  often(2, fc.integer({ min: 0, max: 15_000 })),
);

const step: fc.Arbitrary<Step> = fc.record({ afterMs: pause, act });

/** A task crashes, somebody looks at the service, is held up half-way, and meanwhile the next task is started. */
const relay: fc.Arbitrary<readonly Step[]> = fc
  .record({
    relayed: owner,
    lookMs: fc.integer({ min: 100, max: 600 }),
    startMs: fc.integer({ min: 0, max: 500 }),
    heldUp: fc.constantFrom('ListTasks', 'DescribeTasks'),
    heldUpMs: fc.integer({ min: 0, max: 300 }),
    times: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ relayed, lookMs, startMs, heldUp, heldUpMs, times }): Step[] => {
    const delivery: Delivery = { lateMs: 0, copies: [], asynchronous: false };
    return [
      { afterMs: 4_000, act: { kind: 'crash', owner: relayed } },
      { afterMs: lookMs, act: { kind: 'reconcile', workspace: relayed.workspace } },
      { afterMs: startMs, act: { kind: 'start', owner: relayed, delivery } },
      { afterMs: heldUpMs, act: { kind: 'trouble', operation: heldUp, trouble: 'throttled', times } },
    ];
  });

const steps: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.oneof(
      often(
        9,
        step.map((one) => [one]),
      ),
      often(2, relay),
    ),
    { minLength: 2, maxLength: 12, size: 'max' },
  )
  .map((parts) => parts.flat());

const world = {
  seed: fc.noShrink(fc.nat()),
  eventShare: fc.constantFrom(0, 0.2, 1),
  throttling: fc.oneof(often(4, fc.constant('off' as const)), often(1, fc.constant('documented' as const))),
};

const anyLife: fc.Arbitrary<Script> = fc.record({
  ...world,
  pace: fc.constantFrom('hasty' as const, 'steady' as const),
  ipReuse: fc.constantFrom(0, 0.5, 1),
  steps,
});

/** One task after the other gets the same address, faster than somebody can look at all of the service. */
const relays: fc.Arbitrary<Script> = fc.record({
  ...world,
  pace: fc.constant('hasty' as const),
  ipReuse: fc.constant(1),
  steps: fc.array(relay, { minLength: 2, maxLength: 5 }).map((parts) => parts.flat()),
});

export const script: fc.Arbitrary<Script> = fc.oneof(often(7, anyLife), often(1, relays));

/** The types tell a member that is missing from one that is undefined. */
function withoutUndefined<Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
