import { setImmediate } from 'node:timers/promises';
import type { SandboxClock } from './clock.ts';

/** A clock that stands still until it is moved. */
export interface VirtualClock extends SandboxClock {
  /**
   * Moves the time on by `milliseconds`, running what falls due in order. Promise chains settle before and after each
   * timer, so what they start runs at the time it belongs to.
   */
  advance(milliseconds: number): Promise<void>;
  /** Moves on from timer to timer until none is left or `limitMs` has passed. */
  runUntilIdle(limitMs: number): Promise<void>;
  /** Resolves `milliseconds` from now, when somebody else moves the clock. */
  sleep(milliseconds: number): Promise<void>;
  /** How many timers are waiting. */
  readonly pending: number;
}

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** @param startAt milliseconds since the epoch */
export function createVirtualClock(startAt = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = startAt;
  let order = 0;
  const timers = new Set<Timer>();

  function after(delayMs: number, callback: () => void): () => void {
    const timer = { due: now + Math.max(0, delayMs), order: order++, callback };
    timers.add(timer);
    return () => timers.delete(timer);
  }

  function nextTimer(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (first === undefined || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) {
        first = timer;
      }
    }
    return first;
  }

  async function runTo(end: number): Promise<void> {
    await setImmediate();
    for (let timer = nextTimer(); timer !== undefined && timer.due <= end; timer = nextTimer()) {
      timers.delete(timer);
      now = timer.due;
      timer.callback();
      await setImmediate();
    }
  }

  return {
    now: () => now,
    after,
    async advance(milliseconds) {
      const end = now + milliseconds;
      await runTo(end);
      now = end;
    },
    runUntilIdle: (limitMs) => runTo(now + limitMs),
    sleep: (milliseconds) => new Promise((resolve) => after(milliseconds, resolve)),
    get pending() {
      return timers.size;
    },
  };
}
