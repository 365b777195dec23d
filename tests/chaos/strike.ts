import { describe, expect, test } from 'vitest';
import { cellsOf, recordCalls, sampleOf } from '../../scripts/chaos/draw-matrix.ts';
import { playCells } from '../../scripts/chaos/play-cells.ts';
import { scenarios } from '../../scripts/chaos/scenarios.ts';

/** Those that take longest have a file of their own each, so that the workers of the test runner can share them. */
export const apart = ['stop', 'restart', 'reconcile', 'overdue'] as const;

const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 32));
/** Cells with other faults than a kill, for each operation. */
const sampled = 4;

/**
 * Strikes these rows of the fault matrix.
 *
 * @param names of scenarios
 * @param atOnce how many cells live at the same time
 */
export function strike(names: readonly string[], atOnce = 4): void {
  describe('a kill at every call, and a sample of the other faults', () => {
    test.each(scenarios.filter(({ name }) => names.includes(name)))(
      '$name leaves no orphan, no stale target and no silence',
      { timeout: 600_000 },
      async (scenario) => {
        console.log(`seed ${seed}`);
        const cells = cellsOf(scenario, await recordCalls(scenario, seed));
        expect(cells.length).toBeGreaterThan(0);
        const played = await playCells(sampleOf(cells, sampled, seed), { seed, atOnce });
        const broken = played.filter(({ complaints }) => complaints.length > 0);
        expect(broken.map(({ name, seed, complaints }) => ({ name, seed, complaints }))).toEqual([]);
      },
    );
  });
}
