import type { SandboxDurations } from '@start-engines/sandbox';
import type { CellWorld } from './cell-world.ts';

/** The end of the event, from its sender's view. */
export interface Ending {
  /** Lambda gave up on the event and sent it to the on-failure destination. */
  readonly failed: boolean;
  /** How often Lambda ran it. */
  readonly attempts: number;
  /** The error codes of the failures that were published on the event bus. */
  readonly errorCodes: readonly string[];
}

/** The outcome in a few words, or a sentence that says what is wrong. */
export type Verdict = { readonly outcome: string } | { readonly violation: string };

/** One table of the matrix: an operation, and the state of the services before it. */
export interface Scenario {
  readonly name: string;
  /** For the page: the state before the event, and the event. */
  readonly description: string;
  /** The number of target groups of each service. */
  readonly services: Readonly<Record<string, number>>;
  /** How many tasks of a service may be kept at the same time, that is live and without a retire mark. */
  readonly mostKept: number;
  /** Whether a failure is published on the event bus. If not, only the on-failure record reports it. */
  readonly announcesFailure: boolean;
  /** Durations that differ from those of the other scenarios. */
  readonly durations?: Partial<SandboxDurations>;
  /** More keys for the mapping of every service. */
  readonly mapping?: Readonly<Record<string, unknown>>;
  /** The tasks never run: a starting task is at rest. */
  readonly stuck?: true;
  /** Sets up the state before the event. */
  prepare(world: CellWorld): Promise<Prepared>;
}

export interface Prepared {
  /** The event of the operation, as Lambda queues it. */
  event(requestedAt: number): unknown;
  /** Right after the event: checks that the answer was true. @returns what is wrong */
  checkAnswer(ending: Ending): string | undefined;
  /** After the reconcile: determines the outcome. */
  judge(ending: Ending): Verdict;
  /** Sends a request that is older than the event and must change nothing. @returns what is wrong */
  sendOlderRequest?(requestedAt: number, ending: Ending): Promise<string | undefined>;
}

/** `up` or `up after retry`. */
export function withRetry(outcome: string, { attempts }: Ending): Verdict {
  return { outcome: attempts > 1 ? `${outcome} after retry` : outcome };
}
