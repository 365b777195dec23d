/**
 * What the activator shows about a service that is down or starting, in the parameter `<path>/activation/<service>`. It is for display
 * only, and may be late or missing.
 */
export interface Activation {
  readonly state: 'asleep' | 'starting' | 'up' | 'failed' | 'paused';
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** After a failure: when a request starts the service again, in milliseconds since the epoch. */
  readonly retryAt?: number;
  /** How long the start took. Without it, the last known value stays. */
  readonly usualStartSeconds?: number;
}

/** Where activations are published. Rejects with the same codes as `TaskRunner`. */
export interface Activations {
  publish(service: string, activation: Activation): Promise<void>;
}
