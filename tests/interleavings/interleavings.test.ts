import { expect, test } from 'vitest';
import { dimensions } from './dimensions.ts';
import { describeFinding, explore } from './explore.ts';

/** `SEED=` selects the scripts, `RUNS=` their number. */
const seed = Number(process.env.SEED ?? 1);

test.each(
  dimensions
    .filter(({ violatedBy }) => violatedBy === undefined)
    .map((dimension) => {
      return { name: dimension.name, dimension, runs: Number(process.env.RUNS ?? dimension.quickRuns) };
    }),
)(
  'the invariants hold for every order of events: $name ($runs runs)',
  {
    timeout: 600_000,
  },
  async ({ name, dimension, runs }) => {
    const seen = { tasks: 0, conflicts: 0, staleTaskReads: 0, staleTagReads: 0, staleTargetHealthReads: 0 };
    const finding = await explore({
      dimension,
      seed,
      runs,
      shrink: true,
      onPerformance({ stage, witness }) {
        const stats = stage.world.stats();
        seen.tasks += witness.stories.length;
        seen.conflicts += stats.conflicts;
        seen.staleTaskReads += stats.staleTaskReads;
        seen.staleTagReads += stats.staleTagReads;
        seen.staleTargetHealthReads += stats.staleTargetHealthReads;
      },
    });
    console.log(`${name}: SEED=${seed} RUNS=${runs}`, seen);
    expect(finding === undefined ? undefined : describeFinding(finding)).toBeUndefined();
    // Runs without stale reads and without concurrent starts would prove nothing.
    expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
  },
);
