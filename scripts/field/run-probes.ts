import { randomBytes } from 'node:crypto';
import { lanes } from './probes/index.ts';
import type { Observation, Probe } from './probes/probe.ts';
import { recordTaskLife, type TaskLife } from './probes/task-life.ts';
import type { FieldResources, ProbeClients, ProbeWorld } from './probes/world.ts';

/** What a probe has found. `error`: the probe itself failed, so it says nothing about the fact. */
export interface ProbeResult extends Omit<Observation, 'holds'> {
  readonly fact: string;
  readonly outcome: 'holds' | 'differs' | 'error';
}

/** @param patienceMs how long to wait for each step of a task's life */
export function createProbeWorld(clients: ProbeClients, resources: FieldResources, patienceMs?: number): ProbeWorld {
  let life: Promise<TaskLife> | undefined;
  return {
    clients,
    resources,
    unique: () => `${resources.prefix}-${randomBytes(6).toString('hex')}`,
    taskLife: () => {
      life ??= recordTaskLife(clients, resources, patienceMs);
      return life;
    },
  };
}

export async function runProbe(probe: Probe, world: ProbeWorld): Promise<ProbeResult> {
  const { fact } = probe;
  try {
    const { holds, ...observation } = await probe.run(world);
    return { fact, outcome: holds ? 'holds' : 'differs', ...observation };
  } catch (error) {
    return {
      fact,
      outcome: 'error',
      observed: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    };
  }
}

/**
 * Runs the probes that have no result yet.
 *
 * @param onResult receives each result at once
 */
export async function runProbes(
  world: ProbeWorld,
  done: ReadonlySet<string>,
  onResult: (result: ProbeResult) => void,
): Promise<void> {
  const runLane = async (lane: readonly Probe[]) => {
    for (const probe of lane.filter(({ fact }) => !done.has(fact))) onResult(await runProbe(probe, world));
  };
  await Promise.all(lanes.map(runLane));
}
