import type { InMemoryClient } from '@start-engines/sandbox/in-memory';
import { callLimit } from './call-limit.ts';
import type { Dice } from './dice.ts';
import type { Delivery } from './script.ts';
import type { Strike } from './troubles.ts';
import type { Witness } from './witness.ts';

/** One process with one invocation in it. */
export interface Caller {
  readonly name: string;
  readonly dice: Dice;
  readonly dies: Delivery['dies'];
  /** Whether an outage that strikes half of the callers strikes this one. */
  readonly isUnlucky: boolean;
  /** When Lambda would kill it, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Whether tasks of this `startedBy` are its business. */
  readonly mayTouch: (startedBy: string) => boolean;
  /** Tasks that it was shown to be retiring or ended. */
  readonly seenGone: Set<string>;
  /** By task, the latest adoption that it knows of: when that was asked. */
  readonly adopted: Map<string, number>;
  /** When it last read each target group. */
  readonly groupReads: Map<string, number>;
  /** Target groups whose latest reading failed. */
  readonly unreadGroups: Set<string>;
  /** Tasks that it tried to mark to go, with or without success. */
  readonly triedToMark: Set<string>;
  readonly onDeath: () => void;
  calls: number;
  /** What the latest call took, attempts that were not answered included. */
  lastCallMs: number;
  dead: boolean;
}

export interface LossyClientOptions {
  readonly client: InMemoryClient;
  readonly caller: Caller;
  readonly latencyMs: number;
  readonly clock: { now(): number; sleep(delayMs: number): Promise<void> };
  readonly witness: Witness;
  /** What happens to this call besides what it is for. */
  readonly strike: (operation: string) => Strike | undefined;
}

/** How long the SDK waits for an answer, and how often it makes a call, as the adapters set it up. */
const attemptMs = 5_000;
const attempts = 3;

/**
 * An SDK client whose calls take time both ways, so that those of other callers come in between, and may be lost. A
 * caller that dies waits for its answer forever.
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
        // It is on its way, whatever becomes of the process that has sent it.
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
