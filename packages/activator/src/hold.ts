import type { Activation } from './activation.ts';

/** So many redirects a browser follows, and a load balancer's nodes may go on routing to the activator for seconds. */
const shortestMs = 2_500;
const stepMs = 500;

/**
 * Holds a request for a service that is starting: until it is up, it has failed, or the time is over.
 *
 * @param longestMs how long it may take; less than 2.5 s is no hold
 * @returns whether the client shall repeat its request
 */
export async function hold(longestMs: number, readState: () => Promise<Activation['state']>): Promise<boolean> {
  if (longestMs < shortestMs) return false;
  const begun = Date.now();
  for (;;) {
    const state = await readState();
    if (state === 'failed' || state === 'paused') return false;
    const heldMs = Date.now() - begun;
    if (heldMs >= longestMs || (state === 'up' && heldMs >= shortestMs)) return true;
    const leftMs = state === 'up' ? shortestMs - heldMs : longestMs - heldMs;
    await new Promise((resolve) => setTimeout(resolve, Math.min(stepMs, leftMs)));
  }
}
