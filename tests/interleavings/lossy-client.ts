import type { InMemoryClient } from '@start-engines/sandbox/in-memory';
import { callLimit } from './call-limit.ts';
import type { Dice } from './dice.ts';
import type { Delivery } from './script.ts';
import type { Strike } from './troubles.ts';
import type { Witness } from './witness.ts';

/** One process with one invocation. */
export interface Caller {
  readonly name: string;
  readonly dice: Dice;
  readonly dies: Delivery['dies'];
  /** Whether an outage for half of the callers affects this one. */
  readonly isUnlucky: boolean;
  /** When Lambda would kill it, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Whether it may change tasks with this `startedBy`. */
  readonly mayTouch: (startedBy: string) => boolean;
  /** Tasks that it has seen as retiring or ended. */
  readonly seenGone: Set<string>;
  /** By task, the request time of the latest adoption that it has seen. */
  readonly adopted: Map<string, number>;
  /** When it last read each target group. */
  readonly groupReads: Map<string, number>;
  /** Target groups whose latest read failed. */
  readonly unreadGroups: Set<string>;
  /** Tasks that it tried to mark as retiring, with or without success. */
  readonly triedToMark: Set<string>;
  readonly onDeath: () => void;
  calls: number;
  /** The duration of the latest call, including unanswered attempts. */
  lastCallMs: number;
  dead: boolean;
}

export interface LossyClientOptions {
  readonly client: InMemoryClient;
  readonly caller: Caller;
  readonly latencyMs: number;
  readonly clock: { now(): number; sleep(delayMs: number): Promise<void> };
  readonly witness: Witness;
  /** The trouble that this call meets. */
  readonly strike: (operation: string) => Strike | undefined;
}

/** How long the SDK waits for an answer and how often it tries, as the adapters configure it. */
const attemptMs = 5_000;
const attempts = 3;

/**
 * An SDK client whose calls take time in both directions, so that calls of other callers come in between, and may be lost. A
 * caller that dies never gets its answer.
 */
export function createLossyClient(options: LossyClientOptions): {
  send(command: { readonly input: object }): Promise<Record<string, unknown>>;
} {
  const { client, caller, clock, witness } = options;
  const forever = () => new Promise<never>(() => {});
  const pause = async (delayMs: number): Promise<void> => {
    if (caller.dead) await forever();
    const leftMs = callLimit() - clock.now();
    const waitMs = Math.min(delayMs, leftMs);
    if (waitMs > 0) await clock.sleep(waitMs);
    if (caller.dead) await forever();
    if (delayMs > leftMs) throw timedOut();
  };
  const travel = () => pause(caller.dice.upTo(options.latencyMs));
  const die = (): Promise<never> => {
    caller.dead = true;
    caller.onDeath();
    return forever();
  };

  return {
    async send(command) {
      const begunAt = clock.now();
      try {
        return await makeCall(command);
      } finally {
        caller.lastCallMs = clock.now() - begunAt;
      }
    },
  };

  async function makeCall(command: { readonly input: object }): Promise<Record<string, unknown>> {
    const operation = command.constructor.name.replace(/Command$/, '');
    const input = command.input as Readonly<Record<string, unknown>>;
    await travel();
    caller.calls += 1;
    const last = caller.calls === caller.dies?.atCall;
    if (last && caller.dies?.afterEffect === false) await die();
    const sending = witness.sent(caller, operation, input);
    const carryOut = async () => {
      witness.before(sending);
      const output = await client.send(command);
      witness.after(sending, output);
      return output;
    };
    const strike = options.strike(operation);
    switch (strike?.kind) {
      case 'throttled':
        throw throttled();
      case 'unavailable':
        throw unavailable();
      case 'lost-before':
        throw lost();
      case 'hangs':
        await pause(attempts * attemptMs);
        throw timedOut();
      case 'late': {
        // The call is in flight, even if its process dies.
        const effect = clock.sleep(strike.effectAfterMs).then(carryOut);
        const answered = strike.unanswered * attemptMs;
        effect.catch(() => {});
        if (strike.unanswered === 0 && strike.effectAfterMs < attemptMs) {
          await pause(strike.effectAfterMs);
          return effect;
        }
        await pause(answered === 0 ? attemptMs : answered);
        if (strike.unanswered === attempts) throw timedOut();
        return carryOut();
      }
    }
    const output = await carryOut();
    if (last) await die();
    if (strike?.kind === 'lost-after') throw lost();
    if (caller.dice.chance(0.5)) await travel();
    return output;
  }
}

function throttled(): Error {
  return Object.assign(new Error('Rate exceeded'), {
    name: 'ThrottlingException',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
}

function unavailable(): Error {
  return Object.assign(new Error('Service Unavailable'), {
    name: 'ServiceUnavailableException',
    $fault: 'server',
    $metadata: { httpStatusCode: 503 },
  });
}

function lost(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

function timedOut(): Error {
  return Object.assign(new Error('the request timed out'), { name: 'TimeoutError' });
}
