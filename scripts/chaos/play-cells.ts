import { seedOf } from './draw-matrix.ts';
import { type Cell, type CellResult, cellName, notReached, runCell } from './run-cell.ts';

export interface PlayedCell extends CellResult {
  readonly name: string;
  readonly cell: Cell;
}

/** The number of reads depends on timing, so a run may not make the call of the cell. */
const runsPerCell = 4;

export interface PlayOptions {
  readonly seed: number;
  /** How many cells are played at the same time. */
  readonly atOnce: number;
  onPlayed?(played: PlayedCell): void;
}

/** Plays the cells. A cell whose run throws has the error as a violation. */
export async function playCells(
  cells: readonly Cell[],
  { seed, atOnce, onPlayed }: PlayOptions,
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

/** The command that plays the same cell with the same seed. */
export function replayCommand(name: string, seed: number): string {
  return `npm run chaos -- --only '${name}' --seed ${seed}`;
}

async function playCell(cell: Cell, seed: number): Promise<PlayedCell> {
  const name = cellName(cell);
  for (let run = 1; ; run += 1) {
    const result = await tryCell(cell, seedOf(seed + run, name));
    if (result.outcome !== notReached || run === runsPerCell) return { name, cell, ...result };
  }
}

async function tryCell(cell: Cell, seed: number): Promise<CellResult> {
  try {
    return await runCell(cell, seed);
  } catch (error) {
    return { outcome: 'violation', violations: [error instanceof Error ? error.message : String(error)], calls: [] };
  }
}
