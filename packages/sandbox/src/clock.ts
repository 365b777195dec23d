/** The sandbox's time. The model reads no other clock, so a suite can hand in one that it moves by hand. */
export interface SandboxClock {
  /** Milliseconds since the epoch, in the sandbox's time. */
  now(): number;
  /** Runs `callback` once, `delayMs` of the sandbox's time from now. Returns a function that cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}
