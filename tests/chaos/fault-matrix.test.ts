import { describe, expect, test } from 'vitest';
import { cellsOf, recordCalls, sampleOf } from '../../scripts/chaos/draw-matrix.ts';
import { playCells } from '../../scripts/chaos/play-cells.ts';
import { scenarios } from '../../scripts/chaos/scenarios.ts';

const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 32));
/** Cells of other columns than the two kills, for each operation. */
const sampled = 4;

describe('a kill before and after every call, and a sample of the other faults', () => {
  test.each(scenarios)(
    '$name leaves no orphan, no stale target and no silence',
    { timeout: 600_000 },
    async (scenario) => {
      console.log(`seed ${seed}`);
      const cells = cellsOf(scenario, await recordCalls(scenario, seed));
      expect(cells.length).toBeGreaterThan(0);
      const played = await playCells(sampleOf(cells, sampled, seed), { seed, atOnce: 4 });
      const broken = played.filter(({ complaints }) => complaints.length > 0);
      expect(broken.map(({ name, seed, complaints }) => ({ name, seed, complaints }))).toEqual([]);
    },
  );
});
