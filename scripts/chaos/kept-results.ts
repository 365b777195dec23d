import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks.ts';
import { nameOf } from './call-name.ts';
import type { PlayedCell } from './play-cells.ts';

/** What is kept of a cell between runs, so that some cells can be played again without all the others. */
export interface KeptResult {
  readonly name: string;
  readonly scenario: string;
  readonly call: string;
  readonly fault: string;
  readonly outcome: string;
  readonly holds: boolean;
}

const path = join(root, 'reports', 'chaos.json');

/** The results of the latest whole run and of what was played since; empty before the first. */
export function readResults(): readonly KeptResult[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return [];
  }
}

/** The results with those of the same cells replaced, and kept. */
export function keepResults(earlier: readonly KeptResult[], played: readonly PlayedCell[]): readonly KeptResult[] {
  const results = new Map(earlier.map((result) => [result.name, result]));
  for (const { name, cell, outcome, complaints } of played) {
    const join = (words: readonly string[]) => words.join(' + ');
    results.set(name, {
      name,
      scenario: cell.scenario.name,
      call: join(cell.strikes.map(({ call }) => nameOf(call))),
      fault: join(cell.strikes.map(({ affliction }) => affliction.name)),
      outcome,
      holds: complaints.length === 0,
    });
  }
  const all = [...results.values()];
  mkdirSync(join(root, 'reports'), { recursive: true });
  writeFileSync(path, JSON.stringify(all));
  return all;
}
