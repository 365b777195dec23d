import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetParameterCommand, GetParametersByPathCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Sandbox } from '@start-engines/sandbox';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { parameterPath } from '../../scripts/world/seed-world.ts';
import { type WorldService, worldService } from '../../scripts/world/services.ts';
import { renamed } from '../front-door/open-front-door.ts';
import { runInProcess } from './engines-in-process.ts';
import type { Piped } from './engines-process.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A world whose mappings are read and changed. */
export interface MappingsWorld {
  readonly world: CliWorld;
  /** A temporary folder for files. */
  readonly folder: string;
  service(name: string): WorldService;
  /** `engines …` in this process. */
  engines(...commandLine: string[]): Promise<Piped>;
  /** `engines mappings …` in this process. */
  mappings(...words: string[]): Promise<Piped>;
  stored(name: string): Promise<{ readonly version: number; readonly document: Json }>;
  /** Writes without `engines`, as another tool would. */
  overwrite(name: string, value: Json | string): Promise<void>;
  /** A file for a service, with its current document and these changes. */
  fileOf(name: string, changes: Json, folder?: string): Promise<string>;
  /** The names of the existing claims. */
  claims(): Promise<readonly (string | undefined)[]>;
  /** The operator's changes in Parameter Store after that call, without the claims. */
  writes(after: number): ReturnType<Sandbox['calls']['list']>;
  lastCall(): number;
}

export const parameterOf = (name: string) => `${parameterPath}/${name === 'defaults' ? name : `services/${name}`}`;

/** Opens the world before the file's tests and closes it after them. `auth` is always there. */
export function useMappingsWorld(names: readonly string[]): MappingsWorld {
  const services = [worldService('auth'), ...names.map((name) => renamed('auth', name))];
  let world: CliWorld;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'engines-mappings-'));
    world = await openCliWorld({ speed: 4, world: { services } });
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => world.door.sandbox.faults.clear());
  const ssm = () => world.door.clients.ssm;
  const engines = (...commandLine: string[]) => runInProcess(commandLine, world.environment);

  async function stored(name: string) {
    const { Parameter } = await ssm().send(new GetParameterCommand({ Name: parameterOf(name) }));
    return { version: Parameter?.Version ?? 0, document: JSON.parse(Parameter?.Value ?? '{}') as Json };
  }

  return {
    get world() {
      return world;
    },
    get folder() {
      return folder;
    },
    service: (name) => services.find((one) => one.name === name) as WorldService,
    engines,
    mappings: (...words) => engines('mappings', ...words),
    stored,
    async overwrite(name, value) {
      const Value = typeof value === 'string' ? value : JSON.stringify(value);
      await ssm().send(new PutParameterCommand({ Name: parameterOf(name), Value, Overwrite: true }));
    },
    async fileOf(name, changes, at = folder) {
      mkdirSync(at, { recursive: true });
      const path = join(at, `${name}.json`);
      writeFileSync(path, JSON.stringify({ ...(await stored(name)).document, ...changes }));
      return path;
    },
    async claims() {
      const Path = `${parameterPath}/claims`;
      const { Parameters = [] } = await ssm().send(new GetParametersByPathCommand({ Path, Recursive: true }));
      return Parameters.map(({ Name }) => Name);
    },
    writes: (after) =>
      world.door.sandbox.calls
        .list({ service: 'ssm', mutating: true, after })
        .filter(({ caller, input }) => caller === 'OPERATOR' && !String(input.Name).includes('/claims/')),
    lastCall: () => world.door.sandbox.calls.lastSequence,
  };
}
