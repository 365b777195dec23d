import type { Caller } from './lossy-client.ts';
import type { Act } from './script.ts';

/** The trouble that one call meets. */
export type Strike =
  | { readonly kind: Trouble }
  /** The first attempt takes effect this long after it was sent, and this many attempts are not answered. */
  | { readonly kind: 'late'; readonly effectAfterMs: number; readonly unanswered: number };

/**
 * Throttled, failed, request lost, answer lost, or not answered until the SDK gives up. An unanswered call has no effect.
 */
export type Trouble = 'throttled' | 'unavailable' | 'lost-before' | 'lost-after' | 'hangs';

type Planned = Extract<Act, { kind: 'trouble' | 'late' | 'outage' }>;

/** The troubles of a script, in the order in which calls meet them. */
export interface Troubles {
  plan(act: Planned): void;
  /** The trouble of the caller's current call. */
  strike(caller: Caller, operation: string): Strike | undefined;
  /** Whether anything has been planned so far. */
  readonly begun: boolean;
  /** Whether a planned outage of the operation reaches into this span. */
  wasOut(operation: string, from: number, to: number): boolean;
  clear(): void;
}

export function createTroubles(now: () => number): Troubles {
  const single: { readonly operation: string; readonly strike: Strike; left: number }[] = [];
  const outages: (Extract<Act, { kind: 'outage' }> & { readonly from: number; to: number })[] = [];
  let begun = false;
  return {
    plan(act) {
      begun = true;
      switch (act.kind) {
        case 'trouble':
          single.push({ operation: act.operation, strike: { kind: act.trouble }, left: act.times });
          return;
        case 'late':
          single.push({ operation: act.operation, strike: act, left: 1 });
          return;
        case 'outage':
          outages.push({ ...act, from: now(), to: now() + act.forMs });
          return;
      }
    },
    strike(caller, operation) {
      const outage = outages.find((one) => one.operation === operation && now() < one.to);
      if (outage !== undefined && isStruck(outage, caller)) return { kind: outage.trouble };
      const one = single.find((planned) => planned.operation === operation && planned.left > 0);
      if (one === undefined) return undefined;
      one.left -= 1;
      return one.strike;
    },
    get begun() {
      return begun;
    },
    wasOut: (operation, from, to) =>
      outages.some((one) => one.operation === operation && one.from < to && from < one.to),
    clear() {
      single.length = 0;
      for (const outage of outages) outage.to = Math.min(outage.to, now());
    },
  };
}

function isStruck({ share }: Extract<Act, { kind: 'outage' }>, caller: Caller): boolean {
  switch (share) {
    case 'all':
      return true;
    case 'half of the callers':
      return caller.isUnlucky;
    case 'most calls':
      return caller.dice.chance(0.8);
  }
}
