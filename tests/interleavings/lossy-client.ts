import type { InMemoryClient } from '@start-engines/sandbox/in-memory';
import type { Dice } from './dice.ts';
import type { Delivery, Trouble } from './script.ts';
import { lags } from './stage.ts';
import type { Witness } from './witness.ts';

/** One process with one invocation in it. */
export interface Caller {
  readonly name: string;
  readonly dice: Dice;
  readonly dies: Delivery['dies'];
  /** Whether tasks of this `startedBy` are its business. */
  readonly mayTouch: (startedBy: string) => boolean;
  /** Tasks that it was shown to be retiring or ended. */
  readonly seenGone: Set<string>;
  /** By task, the latest adoption that it knows of: when that was asked. */
  readonly adopted: Map<string, number>;
  /** When it read each target group last. */
  readonly groupReads: Map<string, number>;
  readonly onDeath: () => void;
  calls: number;
  dead: boolean;
}

export interface LossyClientOptions {
  readonly client: InMemoryClient;
  readonly caller: Caller;
  readonly sleep: (delayMs: number) => Promise<void>;
  readonly witness: Witness;
  /** What happens to this call besides what it is for. */
  readonly troubleFor: (operation: string) => Trouble | undefined;
}

/**
 * An SDK client whose calls take time both ways, so that those of other callers come in between, and may be lost. A
 * caller that dies waits for its answer forever.
 */
export function createLossyClient({ client, caller, sleep, witness, troubleFor }: LossyClientOptions): {
  send(command: { readonly input: object }): Promise<Record<string, unknown>>;
} {
  const forever = () => new Promise<never>(() => {});
  const travel = async (): Promise<void> => {
    if (caller.dead) await forever();
    const latencyMs = caller.dice.upTo(lags.latencyMs);
    if (latencyMs > 0) await sleep(latencyMs);
    if (caller.dead) await forever();
  };
  const die = (): Promise<never> => {
    caller.dead = true;
    caller.onDeath();
    return forever();
  };

  return {
    async send(command) {
      const operation = command.constructor.name.replace(/Command$/, '');
      const input = command.input as Readonly<Record<string, unknown>>;
      await travel();
      caller.calls += 1;
      const last = caller.calls === caller.dies?.atCall;
      if (last && caller.dies?.afterEffect === false) await die();
      const trouble = troubleFor(operation);
      if (trouble === 'throttled') throw throttled();
      if (trouble === 'lost-before') throw lost();
      witness.before(caller, operation, input);
      const output = await client.send(command);
      witness.after(caller, operation, input, output);
      if (last) await die();
      if (trouble === 'lost-after') throw lost();
      if (caller.dice.chance(0.5)) await travel();
      return output;
    },
  };
}

function throttled(): Error {
  return Object.assign(new Error('Rate exceeded'), {
    name: 'ThrottlingException',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
}

function lost(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}
