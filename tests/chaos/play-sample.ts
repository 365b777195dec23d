import { describe, expect, test } from 'vitest';
import { cellsOf, killsOf, pairsOf, recordCalls, sampleOf } from '../../scripts/chaos/draw-matrix.ts';
import { isKill } from '../../scripts/chaos/faults.ts';
import { playCells, replayCommand, usualSpeed as speed } from '../../scripts/chaos/play-cells.ts';
import { type Cell, notReached } from '../../scripts/chaos/run-cell.ts';
import { scenarios } from '../../scripts/chaos/scenarios.ts';

/** The scenarios that take longest have their own files, so that the test runner can play them side by side. */
export const scenariosWithOwnFile = ['stop', 'restart', 'reconcile', 'overdue'];

const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** For each scenario: cells with one short fault, with an outage, and with two faults at once. */
const counts = { faults: 3, outages: 1, pairs: 1 };

/**
 * Plays a sample of these scenarios' cells.
 *
 * @param atOnce how many cells are played at the same time
 */
export function playSample(names: readonly string[], atOnce = 4): void {
  describe('after kills, other faults, an outage and two faults at once', () => {
    test.each(scenarios.filter(({ name }) => names.includes(name)))(
      '$name leaves no orphan and no stale target, and reports every failure',
      { timeout: 600_000 },
      async (scenario) => {
        console.log(`seed ${seed}`);
        const cells = cellsOf(scenario, await recordCalls(scenario, { seed, speed }));
        const outages = cells.filter(isOutage);
        const others = cells.filter((cell) => !isOutage(cell) && !cell.injections.some(({ column }) => isKill(column)));
        const chosen = [
          // An outage takes longest, so it comes first.
          ...sampleOf(outages, counts.outages, seed),
          ...killsOf(cells, seed),
          ...sampleOf(others, counts.faults, seed),
          ...pairsOf(others, counts.pairs, seed),
        ];
        const played = await playCells(chosen, { seed, speed, atOnce });
        const failed = played.filter(({ violations }) => violations.length > 0);
        expect(failed.map(({ name, violations }) => ({ replay: replayCommand(name, seed), violations }))).toEqual([]);
        // The number of reads depends on timing, but almost every fault must take effect.
        const missed = played.filter(({ outcome }) => outcome === notReached).map(({ name }) => name);
        expect(missed.length, missed.join(', ')).toBeLessThanOrEqual(played.length / 5);
      },
    );
  });
}

function isOutage({ injections }: Cell): boolean {
  return injections.some(({ column }) => column.outageMs !== undefined);
}
