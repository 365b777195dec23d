import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../tasks.ts';
import { nameOf } from './call-name.ts';
import type { PlayedCell } from './play-cells.ts';

/** The result of one cell. Results are kept, so that a few cells can be played again without all the others. */
export interface KeptResult {
  readonly name: string;
  readonly scenario: string;
  /** The names of the calls, one for each fault. */
  readonly calls: readonly string[];
  readonly faults: readonly string[];
  readonly outcome: string;
  readonly passes: boolean;
  readonly seed: number;
  /** The day and the commit of the run: `2026-12-01` and `ffdc71e`. */
  readonly date: string;
  readonly commit: string;
}

export interface Run {
  readonly seed: number;
  readonly date: string;
  readonly commit: string;
}

/** One JSON object per line. The last line of a cell counts. */
const path = join(root, 'reports', 'chaos.jsonl');

export function startRun(seed: number): Run {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  return { seed, date: new Date().toISOString().slice(0, 10), commit };
}

/** The latest result of every cell, by name. */
export function readResults(): ReadonlyMap<string, KeptResult> {
  const lines = readLines();
  return new Map(
    lines.map((line): [string, KeptResult] => {
      const result = JSON.parse(line);
      return [result.name, result];
    }),
  );
}

/** Keeps a result as soon as the cell has been played, so that an interrupted run loses nothing. */
export function keepResult({ name, cell, outcome, violations }: PlayedCell, run: Run): void {
  const result: KeptResult = {
    name,
    scenario: cell.scenario.name,
    calls: cell.injections.map(({ call }) => nameOf(call)),
    faults: cell.injections.map(({ column }) => column.name),
    outcome,
    passes: violations.length === 0,
    ...run,
  };
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, `${JSON.stringify(result)}\n`);
}

function readLines(): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
