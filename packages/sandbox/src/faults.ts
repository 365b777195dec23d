import { isDeepStrictEqual } from 'node:util';
import type { MetricFault } from './cloudwatch/get-metric-data.ts';
import type { ServiceName } from './operation.ts';

/** The faults that can be planted on a call. */
export type Fault =
  | { readonly kind: 'throttle' }
  | { readonly kind: 'server-error'; readonly httpStatus?: number }
  | { readonly kind: 'access-denied' }
  /** Any other error of the service. */
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly httpStatus?: number }
  /** The call has no effect and never gets a reply. */
  | { readonly kind: 'no-answer' }
  /** The connection is closed before the call takes effect. */
  | { readonly kind: 'drop-before' }
  /** The connection is closed after the call has taken effect. */
  | { readonly kind: 'drop-after' }
  /** DescribeTasks reports all tasks as missing. */
  | { readonly kind: 'missing' }
  /** Repeats the reply of the latest identical call. Without one, DescribeTasks behaves as with `missing`. */
  | { readonly kind: 'stale' }
  /** RunTask returns `failures` instead of tasks, also in later calls with the same client token. */
  | { readonly kind: 'capacity'; readonly reason?: string }
  /** GetMetricData returns another answer than the metrics give. */
  | { readonly kind: 'metrics'; readonly answer: MetricFault }
  /** The reply is delayed by this much sandbox time. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** The calling Lambda process is killed before or after the call takes effect. */
  | { readonly kind: 'kill-before' }
  | { readonly kind: 'kill-after' };

export const faultKinds: readonly Fault['kind'][] = [
  'throttle',
  'server-error',
  'access-denied',
  'error',
  'no-answer',
  'drop-before',
  'drop-after',
  'missing',
  'stale',
  'capacity',
  'metrics',
  'latency',
  'kill-before',
  'kill-after',
];

/** The calls that a fault applies to. An omitted member matches everything. */
export interface FaultPlan {
  readonly fault: Fault;
  readonly service?: ServiceName;
  readonly operation?: string;
  /** The access key ID of the caller. */
  readonly caller?: string;
  /** Members and values that the input must contain. Structures may have more members. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** A custom condition, for tests. */
  readonly matches?: (input: Readonly<Record<string, unknown>>) => boolean;
  /** The number of the first affected call among the matching ones, counted from 1. */
  readonly nth?: number;
  /** How many calls are affected. Default 1; `Infinity` for all. */
  readonly times?: number;
  /** An outage: affects all calls for this many milliseconds of sandbox time, starting with the first one. */
  readonly forMs?: number;
}

export interface PlantedFault {
  readonly id: number;
  readonly plan: FaultPlan;
  /** How many calls it has affected. */
  readonly consumed: number;
  remove(): void;
}

export interface Faults {
  plant(plan: FaultPlan): PlantedFault;
  list(): readonly PlantedFault[];
  clear(): void;
}

export interface FaultedCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly caller: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The faults with the methods that the dispatcher uses. */
export interface ConsumableFaults extends Faults {
  /** The faults for this call, oldest first: any number of latencies, and at most one of the other kinds. */
  strike(call: FaultedCall): readonly Fault[];
}

/** @param now milliseconds since the epoch in the sandbox's time */
export function createFaults(now: () => number): ConsumableFaults {
  const planted = new Map<number, PlantedFault & { seen: number; consumed: number; since?: number }>();
  let lastId = 0;
  return {
    plant(plan) {
      lastId += 1;
      const id = lastId;
      const entry = { id, plan, seen: 0, consumed: 0, remove: () => void planted.delete(id) };
      planted.set(id, entry);
      return entry;
    },
    list: () => [...planted.values()],
    clear: () => planted.clear(),
    strike(call) {
      const struck: Fault[] = [];
      for (const entry of planted.values()) {
        if (!matches(entry.plan, call)) continue;
        const taken = struck.some((fault) => fault.kind !== 'latency');
        // A call that an older fault affects still counts, so that "the third call" stays the third.
        entry.seen += 1;
        const { nth = 1, forMs, times = forMs === undefined ? 1 : Number.POSITIVE_INFINITY } = entry.plan;
        if (entry.seen < nth || entry.consumed >= times) continue;
        if (forMs !== undefined && now() >= (entry.since ?? now()) + forMs) continue;
        if (taken && entry.plan.fault.kind !== 'latency') continue;
        entry.since ??= now();
        entry.consumed += 1;
        struck.push(entry.plan.fault);
      }
      return struck;
    },
  };
}

function matches(plan: FaultPlan, call: FaultedCall): boolean {
  return (
    (plan.service === undefined || plan.service === call.service) &&
    (plan.operation === undefined || plan.operation === call.operation) &&
    (plan.caller === undefined || plan.caller === call.caller) &&
    (plan.input === undefined || contains(call.input, plan.input)) &&
    (plan.matches === undefined || plan.matches(call.input))
  );
}

/** Whether `whole` contains `part`. Lists must be equal; structures may have more members. */
function contains(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return isDeepStrictEqual(whole, part);
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(([name, value]) => contains((whole as Record<string, unknown>)[name], value));
}
