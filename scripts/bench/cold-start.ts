import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '@start-engines/sandbox';
import { createWorldClients } from '../world/clients.ts';
import { parameterPath, seedWorld } from '../world/seed-world.ts';
import { buildVariants, type Variant } from './cold-start/build-variants.ts';
import { numberedService } from './numbered-service.ts';
import { type Spread, spreadOf } from './spread.ts';

/** Measurements of a new process of one variant, in milliseconds. */
export interface ColdVariant {
  readonly name: string;
  /** Duration of the module's import. */
  readonly importMs: Spread;
  readonly importCpuMs: Spread;
  /** From the start of the process until it has answered the first start. */
  readonly firstStartMs: Spread;
  readonly firstStartCpuMs: Spread;
  readonly peakMemoryMb: number;
}

interface ColdRun {
  readonly before: Moment;
  readonly imported: Moment;
  readonly answered: Moment;
  readonly maxRssBytes: number;
  readonly statusCode: number;
}

interface Moment {
  readonly atMs: number;
  readonly cpuMs: number;
}

/** A load balancer in the sandbox has room for a hundred services. */
const roundsPerSandbox = 16;

/**
 * Runs each variant in the same number of new processes, in turn, so that other load on this machine affects all of them
 * equally. The sandbox answers without delay.
 */
export async function measureColdStart(processes: number, folder: string): Promise<readonly ColdVariant[]> {
  const variants = await buildVariants(folder);
  const runs = new Map<string, ColdRun[]>(variants.map(({ name }) => [name, []]));
  // The first of several rounds fills the disk cache and V8's cache, so it is not counted.
  const firstRound = processes > 1 ? -1 : 0;
  for (let round = firstRound; round < processes; round += roundsPerSandbox) {
    const rounds = Math.min(roundsPerSandbox, processes - round);
    const services = Array.from({ length: rounds * variants.length }, (_, index) => numberedService(index));
    await using sandbox = await startSandbox({ durations: 'none', consistency: 'strong' });
    const clients = createWorldClients(sandbox.endpoint);
    await seedWorld(clients, { services, eventPath: false, envelope: false });
    clients.destroy();
    for (const [index, service] of services.entries()) {
      const variant = variants[index % variants.length] as Variant;
      const run = await runCold(variant, service.name, environmentOf(sandbox));
      if (round >= 0 || index >= variants.length) runs.get(variant.name)?.push(run);
    }
  }
  return variants.map(({ name }) => sumUp(name, runs.get(name) ?? []));
}

function environmentOf(sandbox: Sandbox): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    AWS_REGION: sandbox.region,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_ACCESS_KEY_ID: 'COLD',
    AWS_SECRET_ACCESS_KEY: 'cold',
    PARAMETER_PATH: parameterPath,
    CLUSTERS: 'auth-cluster',
    POWERTOOLS_SERVICE_NAME: 'start-engines',
    POWERTOOLS_METRICS_NAMESPACE: 'StartEngines',
    AWS_LAMBDA_FUNCTION_NAME: 'start-engines-lambda-dev',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  };
}

async function runCold({ name, modulePath, environment }: Variant, service: string, env: NodeJS.ProcessEnv) {
  const event = JSON.stringify({ action: 'start', service });
  const child = fork(join(import.meta.dirname, 'cold-start', 'run-cold.mjs'), [modulePath, event], {
    env: { ...env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`a cold process of "${name}" exited with ${code} without an answer`);
  });
  exited.catch(() => {});
  const [run] = (await Promise.race([once(child, 'message'), exited])) as [ColdRun];
  if (run.statusCode !== 200) throw new Error(`a cold process of "${name}" answered ${run.statusCode}`);
  await exited.catch(() => {});
  return run;
}

function sumUp(name: string, runs: readonly ColdRun[]): ColdVariant {
  return {
    name,
    importMs: spreadOf(runs.map(({ before, imported }) => imported.atMs - before.atMs)),
    importCpuMs: spreadOf(runs.map(({ before, imported }) => imported.cpuMs - before.cpuMs)),
    firstStartMs: spreadOf(runs.map(({ answered }) => answered.atMs)),
    firstStartCpuMs: spreadOf(runs.map(({ answered }) => answered.cpuMs)),
    peakMemoryMb: Math.max(...runs.map(({ maxRssBytes }) => maxRssBytes)) / 1024 ** 2,
  };
}
