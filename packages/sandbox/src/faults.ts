import { isDeepStrictEqual } from 'node:util';
import type { ServiceName } from './operation.ts';

/** What can be made to go wrong with a call. */
export type Fault =
  | { readonly kind: 'throttle' }
  | { readonly kind: 'server-error'; readonly httpStatus?: number }
  | { readonly kind: 'access-denied' }
  /** Any other error, in the service's own form. */
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly httpStatus?: number }
  /** The call is read and never answered. */
  | { readonly kind: 'no-answer' }
  /** The connection is cut, and the call had no effect. */
  | { readonly kind: 'drop-before' }
  /** The call took effect, and then the connection is cut. */
  | { readonly kind: 'drop-after' }
  /** DescribeTasks answers that it knows none of the tasks. */
  | { readonly kind: 'missing' }
  /** The answer of the latest identical call again; DescribeTasks without one before is `missing`. */
  | { readonly kind: 'stale' }
  /** RunTask answers with `failures` instead of tasks, for this client token also later. */
  | { readonly kind: 'capacity'; readonly reason?: string }
  /** The answer comes this much later, in the sandbox's time. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** The Lambda process that calls is killed before the call has an effect, or after. */
  | { readonly kind: 'kill-before' }
  | { readonly kind: 'kill-after' };

export const FAULT_KINDS: readonly Fault['kind'][] = [
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
  'latency',
  'kill-before',
  'kill-after',
];

/** Which calls a fault strikes. What is left out matches everything. */
export interface FaultPlan {
  readonly fault: Fault;
  readonly service?: ServiceName;
  readonly operation?: string;
  /** The access key id of the caller. */
  readonly caller?: string;
  /** Members that the input must have with these values; structures may have more. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Tests can decide for themselves. */
  readonly matches?: (input: Readonly<Record<string, unknown>>) => boolean;
  /** The first of the matching calls that is struck, counted from 1. */
  readonly nth?: number;
  /** How many calls are struck; 1 by default, `Infinity` for all. */
  readonly times?: number;
  /** An outage: all calls are struck for this long, in milliseconds of the sandbox's time, from the first one on. */
  readonly forMs?: number;
}

export interface PlantedFault {
  readonly id: number;
  readonly plan: FaultPlan;
  /** How many calls it has struck. */
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

/** The faults as the dispatcher asks for them. */
export interface ConsumableFaults extends Faults {
  /** The faults that strike this call: any number of latencies, and at most one of the others, the oldest first. */
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
        // A call that an older fault has taken still counts, so that "the third call" stays the third.
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

/** Whether `whole` has everything that `part` has; lists must be equal, structures may have more. */
function contains(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return isDeepStrictEqual(whole, part);
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(([name, value]) => contains((whole as Record<string, unknown>)[name], value));
}
