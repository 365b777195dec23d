import { setImmediate } from 'node:timers/promises';
import type { SandboxClock } from './clock.ts';

/** A clock that only moves when a test advances it. */
export interface VirtualClock extends SandboxClock {
  /**
   * Advances the time by `milliseconds` and runs the due timers in order. Promise chains settle before and after each
   * timer, so that timers they start run at the right time.
   */
  advance(milliseconds: number): Promise<void>;
  /** Runs timers in order until none is left or `limitMs` has passed. */
  runUntilIdle(limitMs: number): Promise<void>;
  /** Resolves after `milliseconds`. Does not advance the clock itself. */
  sleep(milliseconds: number): Promise<void>;
  /** The number of pending timers. */
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
