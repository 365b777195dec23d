import { describe, expect, test } from 'vitest';
import { cellsOf, pairsOf, recordCalls, sampleOf } from '../../scripts/chaos/draw-matrix.ts';
import { playCells } from '../../scripts/chaos/play-cells.ts';
import { scenarios } from '../../scripts/chaos/scenarios.ts';

/** Those that take longest have a file of their own each, so that the workers of the test runner can share them. */
export const apart = ['stop', 'restart', 'reconcile', 'overdue'] as const;

const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 32));
/** Cells with other faults than a kill, for each operation, and cells with two faults at once. */
const sampled = 3;
const pairs = 1;

/**
 * Strikes these rows of the fault matrix.
 *
 * @param names of scenarios
 * @param atOnce how many cells live at the same time
 */
export function strike(names: readonly string[], atOnce = 4): void {
  describe('a kill at every call, and a sample of the other faults, outages and pairs', () => {
    test.each(scenarios.filter(({ name }) => names.includes(name)))(
      '$name leaves no orphan, no stale target and no silence',
      { timeout: 600_000 },
      async (scenario) => {
        console.log(`seed ${seed}`);
        const cells = cellsOf(scenario, await recordCalls(scenario, seed));
        expect(cells.length).toBeGreaterThan(0);
        // An outage of half a minute is real seconds of waiting: the seed chooses one.
        const [outages, others] = partition(cells, ({ strikes }) => strikes[0]?.affliction.outageMs !== undefined);
        const chosen = [
          ...sampleOf(others, sampled - 1, seed),
          ...sampleOf(outages, 1, seed),
          ...pairsOf(others, pairs, seed),
        ];
        const played = await playCells(chosen, { seed, atOnce });
        const broken = played.filter(({ complaints }) => complaints.length > 0);
        expect(broken.map(({ name, seed, complaints }) => ({ name, seed, complaints }))).toEqual([]);
      },
    );
  });
}

function partition<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): readonly [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
