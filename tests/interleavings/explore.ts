import fc from 'fast-check';
import type { Dimension } from './dimensions.ts';
import { type Performance, play } from './play.ts';
import type { Script } from './script.ts';
import { traceOf } from './trace.ts';
import type { Violation } from './witness.ts';

export interface Finding {
  /** The number of runs. */
  readonly runs: number;
  readonly seed: number;
  /** The smallest failing script. */
  readonly script: Script;
  readonly violations: readonly Violation[];
  readonly trace: string;
}

export interface Exploration {
  readonly dimension: Dimension;
  readonly seed: number;
  readonly runs: number;
  /** Whether to shrink to the smallest script that breaks the same rule, or to stop at the first failure. */
  readonly shrink: boolean;
  /** Called with every performance, for statistics over the runs. */
  readonly onPerformance?: (performance: Performance) => void;
}

/** The time limit for shrinking a script. A smaller one is easier to read. */
const longestShrinkMs = 20_000;

/** Plays this many random scripts, or until one breaks a rule. Undefined if none does. */
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

/** A finding as readable text. */
export function describeFinding({ runs, seed, script: smallest, violations, trace }: Finding): string {
  const broken = violations.map(({ rule, at, seen }) => `${at} ${rule}: ${seen}`);
  return [`run ${runs} of seed ${seed} breaks:`, ...broken, JSON.stringify(smallest, undefined, 1), trace].join('\n');
}
