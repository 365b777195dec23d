import { expect, test } from 'vitest';
import { describeFinding, explore } from './explore.ts';

/** `SEED=` plays the same scripts again, `RUNS=` more or fewer of them. */
const seed = Number(process.env.SEED ?? 1);
const runs = Number(process.env.RUNS ?? 300);

test(`whatever happens in whatever order, the invariants hold (${runs} runs, SEED=${seed})`, {
  timeout: 600_000,
}, async () => {
  const seen = { tasks: 0, replays: 0, conflicts: 0, staleTaskReads: 0, staleTagReads: 0, staleTargetHealthReads: 0 };
  const finding = await explore({
    seed,
    runs,
    shrink: true,
    onPerformance({ stage, witness }) {
      const stats = stage.world.stats();
      seen.tasks += witness.stories.length;
      seen.replays += stats.replays;
      seen.conflicts += stats.conflicts;
      seen.staleTaskReads += stats.staleTaskReads;
      seen.staleTagReads += stats.staleTagReads;
      seen.staleTargetHealthReads += stats.staleTargetHealthReads;
    },
  });
  console.log(`SEED=${seed} RUNS=${runs}`, seen);
  expect(finding === undefined ? undefined : describeFinding(finding)).toBeUndefined();
  // A run in which reads were never stale and starts never met would prove nothing.
  expect(Object.entries(seen).filter(([name, count]) => name !== 'replays' && count === 0)).toEqual([]);
});
