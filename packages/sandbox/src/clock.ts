/** Sandbox time. The models read no other clock, so a test can pass a clock that it advances itself. */
export interface SandboxClock {
  /** Milliseconds since the epoch, in sandbox time. */
  now(): number;
  /** Runs `callback` once, after `delayMs` of sandbox time. Returns a function that cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}
