import { seedOf } from './draw-matrix.ts';
import { type Cell, type CellResult, cellName, notReached, runCell } from './run-cell.ts';

export interface PlayedCell extends CellResult {
  readonly name: string;
  readonly cell: Cell;
  readonly seed: number;
}

/** How often a cell is played until its call is made: how many looks an operation takes depends on the moment. */
const tries = 4;

/** Plays the cells, several at a time; `onPlayed` hears of each. A cell that cannot be played is one that fails. */
export async function playCells(
  cells: readonly Cell[],
  { seed, atOnce, onPlayed }: { seed: number; atOnce: number; onPlayed?: (played: PlayedCell) => void },
): Promise<readonly PlayedCell[]> {
  const results: PlayedCell[] = [];
  const waiting = cells.entries();
  const work = async () => {
    for (const [index, cell] of waiting) {
      const played = await playCell(cell, seed);
      results[index] = played;
      onPlayed?.(played);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

async function playCell(cell: Cell, seed: number): Promise<PlayedCell> {
  const name = cellName(cell);
  let played: PlayedCell | undefined;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const own = seedOf(seed + attempt, name);
    played = { name, cell, seed: own, ...(await tryCell(cell, own)) };
    if (played.outcome !== notReached) return played;
  }
  const complaints = [`the call was not made in ${tries} runs, so the fault was never consumed`];
  return { ...(played as PlayedCell), complaints };
}

async function tryCell(cell: Cell, seed: number): Promise<CellResult> {
  try {
    return await runCell(cell, seed);
  } catch (error) {
    return { outcome: 'broken', complaints: [error instanceof Error ? error.message : String(error)], calls: [] };
  }
}
