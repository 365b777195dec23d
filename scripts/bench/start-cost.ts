import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type Sandbox, startSandbox } from '@start-engines/sandbox';
import { createWorldClients } from '../world/clients.ts';
import { liveFunction, seedWorld } from '../world/seed-world.ts';
import { numberedService } from './numbered-service.ts';
import { type Spread, spreadOf } from './spread.ts';

/** The cost of one start with the built zip, on a sandbox without delays. */
export interface StartCost {
  readonly starts: number;
  /** CPU time of one start in a warm process, user and system, in milliseconds. */
  readonly warmCpuMs: Spread;
  /** The first start of a new process: loading the bundle, and the start itself. */
  readonly coldInitCpuMs: Spread;
  readonly coldFirstStartCpuMs: Spread;
  /** The largest resident set of any process, in megabytes. */
  readonly peakMemoryMb: number;
  /** AWS calls of one warm start, by operation. */
  readonly calls: Readonly<Record<string, number>>;
}

const instant = { durations: 'none', consistency: 'strong' } as const;

/** @param starts the number of warm starts; a third as many cold processes are started */
export async function measureStartCost(starts: number): Promise<StartCost> {
  const warm = await startServices(starts + warmUps, false);
  const cold = await startServices(Math.max(3, Math.ceil(starts / 3)), true);
  return {
    starts,
    warmCpuMs: spreadOf(warm.invocationCpuMs.slice(warmUps)),
    coldInitCpuMs: spreadOf(cold.initCpuMs),
    coldFirstStartCpuMs: spreadOf(cold.invocationCpuMs),
    peakMemoryMb: Math.max(warm.peakMemoryMb, cold.peakMemoryMb),
    calls: warm.callsOfLast,
  };
}

/** The first starts of a process compile code for the later ones. */
const warmUps = 10;

interface Run {
  readonly invocationCpuMs: readonly number[];
  readonly initCpuMs: readonly number[];
  readonly peakMemoryMb: number;
  readonly callsOfLast: Readonly<Record<string, number>>;
}

/** Starts that many services, each once, one after the other. */
async function startServices(count: number, coldStart: boolean): Promise<Run> {
  const services = Array.from({ length: count }, (_, index) => numberedService(index));
  await using sandbox = await startSandbox({ ...instant, coldStart });
  const clients = createWorldClients(sandbox.endpoint);
  // A load balancer has at most a hundred rules.
  await seedWorld(clients, { services, eventPath: false, envelope: false });
  let before = 0;
  for (const service of services) {
    before = sandbox.calls.lastSequence;
    const Payload = JSON.stringify({ action: 'start', service: service.name });
    const reply = await clients.lambda.send(new InvokeCommand({ FunctionName: liveFunction, Payload }));
    if (reply.FunctionError !== undefined) throw new Error(Buffer.from(reply.Payload ?? []).toString());
  }
  const callsOfLast = countCalls(sandbox, before);
  const processes = sandbox.lambda.processes();
  clients.destroy();
  return {
    invocationCpuMs: processes.flatMap((process) => process.invocationCpuMs),
    initCpuMs: processes.flatMap((process) => process.initCpuMs ?? []),
    peakMemoryMb: Math.max(...processes.map((process) => process.maxRssBytes)) / 1024 ** 2,
    callsOfLast,
  };
}

function countCalls(sandbox: Sandbox, after: number): Record<string, number> {
  const calls = sandbox.calls.list({ after }).filter((call) => call.caller.startsWith('SANDBOXLAMBDA'));
  const counts = Object.groupBy(calls, (call) => call.operation);
  return Object.fromEntries(Object.entries(counts).map(([operation, list]) => [operation, list?.length ?? 0]));
}
