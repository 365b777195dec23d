import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Mutant } from './mutant.ts';
import { copyMutant } from './mutate.ts';

const runner = fileURLToPath(new URL('./run-mutant.ts', import.meta.url));

export interface Caught {
  /** The run that broke an invariant, counted from 1. */
  readonly runs: number;
  /** The rules that it broke. */
  readonly rules: readonly string[];
}

/** Plays random scripts on the mutant until an invariant breaks. Undefined if it survives. */
export async function huntMutant(mutant: Mutant, seed: number, runs: number): Promise<Caught | undefined> {
  const { folder, remove } = copyMutant(mutant);
  try {
    const args = [runner, join(folder, 'src', 'index.ts'), mutant.dimension ?? 'plain', String(seed), String(runs)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 10_000_000 });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null') ?? undefined;
  } finally {
    remove();
  }
}
