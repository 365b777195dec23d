import { seedOf } from './draw-matrix.ts';
import { type Cell, type CellOptions, type CellResult, cellName, notReached, runCell } from './run-cell.ts';

export interface PlayedCell extends CellResult {
  readonly name: string;
  readonly cell: Cell;
}

/**
 * A cell is played again if its run did not make the call of the cell, because the number of reads depends on timing, and
 * if it was disturbed and has a violation.
 */
const runsPerCell = 4;

/** Sandbox seconds per real second. An unanswered call costs the SDK a second of real time, whatever the speed. */
export const usualSpeed = 5;

export interface PlayOptions extends CellOptions {
  /** How many cells are played at the same time. */
  readonly atOnce: number;
  onPlayed?(played: PlayedCell): void;
}

/** Plays the cells. A cell whose run throws has the error as a violation. */
export async function playCells(
  cells: readonly Cell[],
  { seed, speed, atOnce, onPlayed }: PlayOptions,
): Promise<readonly PlayedCell[]> {
  const results: PlayedCell[] = [];
  const waiting = cells.entries();
  const work = async () => {
    for (const [index, cell] of waiting) {
      const played = await playCell(cell, { seed, speed });
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

async function playCell(cell: Cell, { seed, speed }: CellOptions): Promise<PlayedCell> {
  const name = cellName(cell);
  for (let run = 1; ; run += 1) {
    const result = await tryCell(cell, { seed: seedOf(seed + run, name), speed });
    const isValid = result.outcome !== notReached && !(result.isDisturbed && result.violations.length > 0);
    if (isValid || run === runsPerCell) return { name, cell, ...result };
  }
}

async function tryCell(cell: Cell, options: CellOptions): Promise<CellResult> {
  try {
    return await runCell(cell, options);
  } catch (error) {
    const violations = [error instanceof Error ? error.message : String(error)];
    return { outcome: 'violation', violations, calls: [], isDisturbed: true };
  }
}
