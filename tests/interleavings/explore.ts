import fc from 'fast-check';
import type { Dimension } from './dimensions.ts';
import { type Performance, play } from './play.ts';
import type { Script } from './script.ts';
import { traceOf } from './trace.ts';
import type { Violation } from './witness.ts';

export interface Finding {
  /** How many runs it took. */
  readonly runs: number;
  readonly seed: number;
  /** The smallest script that was found. */
  readonly script: Script;
  readonly violations: readonly Violation[];
  readonly trace: string;
}

export interface Exploration {
  readonly dimension: Dimension;
  readonly seed: number;
  readonly runs: number;
  /** Looks for the smallest script that breaks the same rule, or stops at the first that breaks any. */
  readonly shrink: boolean;
  /** Told about every performance, to sum up what the runs went through. */
  readonly onPerformance?: (performance: Performance) => void;
}

/** A smaller script is easier to read; no more time than this is spent on finding one. */
const longestShrinkMs = 20_000;

/** Plays so many random scripts, until one breaks a rule. Undefined when none does. */
export async function explore({
  dimension,
  seed,
  runs,
  shrink,
  onPerformance,
}: Exploration): Promise<Finding | undefined> {
  const property = fc.asyncProperty(dimension.script, async (drawn) => {
    const performance = await play(drawn);
    onPerformance?.(performance);
    return performance.violations.length === 0;
  });
  const found = await fc.check(property, { seed, numRuns: runs, endOnFailure: true });
  if (!found.failed || found.counterexamplePath === null) return undefined;
  const replay = { seed, numRuns: 1, path: found.counterexamplePath };
  const { counterexample } = shrink
    ? await fc.check(property, { ...replay, interruptAfterTimeLimit: longestShrinkMs })
    : found;
  if (counterexample === null) return undefined;
  const [smallest] = counterexample;
  const performance = await play(smallest);
  return {
    runs: found.numRuns,
    seed,
    script: smallest,
    violations: performance.violations,
    trace: traceOf(performance),
  };
}

/** A finding as a person wants to read it. */
export function describeFinding({ runs, seed, script: smallest, violations, trace }: Finding): string {
  const broken = violations.map(({ rule, at, seen }) => `${at} ${rule}: ${seen}`);
  return [`run ${runs} of seed ${seed} breaks:`, ...broken, JSON.stringify(smallest, undefined, 1), trace].join('\n');
}
