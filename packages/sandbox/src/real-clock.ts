import type { SandboxClock } from './clock.ts';

/** With a longer delay in milliseconds, `setTimeout` fires immediately. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's time, accelerated. `close` stops all timers. */
export interface RealClock extends SandboxClock {
  readonly speed: number;
  close(): void;
}

/** A clock that starts at the current time and runs `speed` times as fast. */
export function createRealClock(speed: number): RealClock {
  const startedAt = Date.now();
  const origin = performance.now();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
  const clock: RealClock = {
    speed,
    now: () => Math.round(startedAt + (performance.now() - origin) * speed),
    after(delayMs, callback) {
      const due = performance.now() + Math.max(0, delayMs) / speed;
      let timer: NodeJS.Timeout | undefined;
      const wait = () => {
        if (closed) return;
        const remaining = Math.max(0, due - performance.now());
        const started = setTimeout(
          () => {
            timers.delete(started);
            if (remaining > longestTimerMs) wait();
            else callback();
          },
          Math.min(remaining, longestTimerMs),
        );
        timer = started;
        timers.add(started);
      };
      wait();
      return () => {
        if (timer === undefined) return;
        clearTimeout(timer);
        timers.delete(timer);
      };
    },
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
  return clock;
}
