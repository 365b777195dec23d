import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldResources } from './probes/world.ts';
import type { ProbeResult } from './run-probes.ts';

/** What is known about a run of the field test, so that `--resume` and `--destroy` can continue it after any interruption. */
export interface RunState {
  /** The prefix of all names: `field-test-<4 hexadecimal digits>`. */
  readonly prefix: string;
  readonly region: string;
  readonly endpointUrl?: string;
  readonly startedAt: string;
  /** Set once everything is created. */
  readonly resources?: FieldResources;
  readonly results: readonly ProbeResult[];
}

/** The state of the one run in a folder. */
export interface RunStateFile {
  read(): RunState | undefined;
  write(state: RunState): void;
  remove(): void;
}

export function openRunState(folder: string): RunStateFile {
  const path = join(folder, 'state.json');
  return {
    read: () => (existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RunState) : undefined),
    write(state) {
      mkdirSync(folder, { recursive: true });
      // A process that is killed while it writes must not leave half a file.
      writeFileSync(`${path}.new`, JSON.stringify(state, null, 2));
      renameSync(`${path}.new`, path);
    },
    remove: () => rmSync(path, { force: true }),
  };
}

export function newRun(region: string, endpointUrl: string | undefined): RunState {
  const prefix = `field-test-${randomBytes(2).toString('hex')}`;
  const endpoint = endpointUrl === undefined ? {} : { endpointUrl };
  return { prefix, region, ...endpoint, startedAt: new Date().toISOString(), results: [] };
}
