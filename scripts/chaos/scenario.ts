import type { SandboxDurations } from '@start-engines/sandbox';
import type { CellWorld } from './cell-world.ts';

/** How the event that was struck ended, as its sender can know it. */
export interface Ending {
  /** Lambda gave the event up and handed it to the on-failure destination. */
  readonly failed: boolean;
  /** How often Lambda ran it. */
  readonly attempts: number;
  /** The error codes of the failures that were told on the bus. */
  readonly errorCodes: readonly string[];
}

/** What came of it, or what must not be. */
export type Verdict = { readonly word: string } | { readonly complaint: string };

/** One row group of the matrix: an operation, and the world that it meets. */
export interface Scenario {
  readonly name: string;
  /** For the page: what the event meets. */
  readonly description: string;
  /** Each with the number of its target groups. */
  readonly services: Readonly<Record<string, number>>;
  /** How many live tasks of one service there may be at once. */
  readonly mostLive: number;
  /** Whether its failure is an outcome for the bus; else the on-failure record alone tells of it. */
  readonly tellsFailure: boolean;
  /** What takes longer than it does elsewhere. */
  readonly durations?: Partial<SandboxDurations>;
  /** Keys of every service's mapping besides where it runs. */
  readonly mapping?: Readonly<Record<string, unknown>>;
  /** Its tasks never come to run: one that is on its way up is at rest. */
  readonly stuck?: true;
  /** Brings the world to where the operation begins. @returns what the next steps want to know */
  prepare(world: CellWorld): Promise<Prepared>;
}

export interface Prepared {
  /** The event of the operation, as Lambda queues it. */
  event(askedAt: number): unknown;
  /** Right after the event has ended: what was claimed must be true by then. */
  claim(ending: Ending): string | undefined;
  /** After one reconcile. */
  judge(ending: Ending): Verdict;
  /** A wish older than the operation's, which must change nothing now. @returns what it has broken */
  lateWish?(askedAt: number, ending: Ending): Promise<string | undefined>;
}

/** `up` or `up after retry`. */
export function withRetry(word: string, { attempts }: Ending): Verdict {
  return { word: attempts > 1 ? `${word} after retry` : word };
}
