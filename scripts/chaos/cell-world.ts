import { InvokeCommand } from '@aws-sdk/client-lambda';
import { quickDurations, type Sandbox, type SandboxDurations, startSandbox } from '@start-engines/sandbox';
import { createWorldClients, type WorldClients } from '../world/clients.ts';
import { liveFunction, seedWorld } from '../world/seed-world.ts';
import type { WorldService } from '../world/services.ts';

/** Longer than all attempts at all unanswered calls, so that Lambda never has to end the function. */
const timeoutSeconds = 180;

/** One sandbox with one deployment, for one cell of the matrix. */
export interface CellWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly clients: WorldClients;
  /** Target groups by name. */
  readonly groups: Readonly<Record<string, string>>;
}

export interface CellWorldOptions {
  readonly seed: number;
  /** Sandbox seconds per real second. */
  readonly speed: number;
  readonly services: readonly WorldService[];
  /** Durations that differ from the quick ones. */
  readonly durations?: Partial<SandboxDurations> | undefined;
}

export async function openCellWorld({ seed, speed, services, durations }: CellWorldOptions): Promise<CellWorld> {
  const sandbox = await startSandbox({ seed, speed, durations: { ...quickDurations, ...durations } });
  const clients = createWorldClients(sandbox.endpoint);
  const world = await seedWorld(clients, {
    services,
    timeoutSeconds,
    // Only the event under test reaches the function, so that its calls can be counted.
    eventPath: false,
    // Every operation reads its mapping, so that a fault can hit this call.
    configTtlSeconds: 0,
    environment: { EVENT_BUS_NAME: 'default' },
  });
  return {
    sandbox,
    clients,
    groups: world.targetGroupArns,
    async [Symbol.asyncDispose]() {
      clients.destroy();
      await sandbox.close();
    },
  };
}

/** A service with this many target groups. */
export function cellService(name: string, groups: number, mapping: WorldService['mapping'] = {}): WorldService {
  const targetGroups = Array.from({ length: groups }, (_, index) => `${name}-${index + 1}`);
  const family = `${name}-task`;
  const cluster = 'chaos-cluster';
  const image = 'public.ecr.aws/start-engines/engine:1';
  return {
    name,
    cluster,
    family,
    port: 8080,
    targetGroups,
    image,
    mapping: { cluster, taskDefinition: family, port: 8080, ...mapping },
  };
}

export interface Reply {
  readonly failed: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Errors of the function on a busy machine without a fault: its calls or its process run out of time. */
const busyErrors: readonly unknown[] = [
  'MappingUnavailable',
  'AwsUnavailable',
  'Runtime.ExitError',
  'Sandbox.Timedout',
];
const busyTries = 3;

/** Calls the function and waits for its result. Repeats the call if the machine was too busy. */
export async function invoke(world: CellWorld, event: unknown): Promise<Reply> {
  for (let tries = 1; ; tries += 1) {
    const reply = await invokeOnce(world, event);
    if (!reply.failed || !busyErrors.includes(reply.payload.errorType) || tries === busyTries) return reply;
  }
}

async function invokeOnce({ clients }: CellWorld, event: unknown): Promise<Reply> {
  const reply = await clients.lambda.send(
    new InvokeCommand({ FunctionName: liveFunction, Payload: JSON.stringify(event) }),
  );
  const payload = JSON.parse(Buffer.from(reply.Payload ?? []).toString());
  return { failed: reply.FunctionError !== undefined, payload };
}

/** Calls the function. @throws Error when the function fails */
export async function invokeWell(world: CellWorld, event: unknown): Promise<Reply> {
  const reply = await invoke(world, event);
  if (reply.failed) throw new Error(`${JSON.stringify(event)} failed: ${JSON.stringify(reply.payload)}`);
  return reply;
}

/** An event as EventBridge delivers it. @param requestedAt milliseconds since the epoch */
export function busEvent(
  detailType: string,
  detail: Readonly<Record<string, unknown>>,
  requestedAt: number,
): Readonly<Record<string, unknown>> {
  return {
    version: '0',
    id: '6f9a1f1e-0000-4000-8000-000000000001',
    'detail-type': detailType,
    source: 'custom.app',
    account: '123456789012',
    time: new Date(requestedAt).toISOString(),
    region: 'us-east-2',
    resources: [],
    detail,
  };
}

/** Waits until the sandbox's state meets a condition. @throws Error after five minutes */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 300_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited five minutes for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
