import { setTimeout as delay } from 'node:timers/promises';
import { ModifyTargetGroupAttributesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type CallLogEntry, quickDurations, type Sandbox, startSandbox } from '@start-engines/sandbox';
import { createWorldClients, type WorldClients } from '../../scripts/world/clients.ts';
import { liveFunction, seedWorld } from '../../scripts/world/seed-world.ts';
import { worldService } from '../../scripts/world/services.ts';
import { type Exchange, type SteadyTraffic, sendSteadily } from './steady-traffic.ts';

/** Speed of sandbox time. The clients' rate is in real time. */
const speed = 3;
/** How long every request to `auth` takes: longer than its drain, so that some requests span the whole drain. */
const slowMs = 15_000;
/** How long a target drains. Afterwards the load balancer no longer chooses it, regardless of its lag. */
const deregistrationDelaySeconds = 30;

export interface BusyWorldOptions {
  readonly drainSeconds: number;
  /** How long the load balancer still chooses a deregistered target, in sandbox time. */
  readonly deregistrationLagMs: number;
}

/** Two services behind one load balancer, `auth` slow and `pdf` fast, with fifty requests per second in total. */
export interface BusyWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Invokes the function directly and returns its answer. @throws Error with the function's error */
  invoke(event: object): Promise<unknown>;
  /** Ends the traffic after this many real milliseconds, so that the effects of a change are visible. */
  endTraffic(afterMs: number): Promise<readonly Exchange[]>;
  /** The first call of that operation since the start of the traffic. Other invocations may repeat it later. */
  firstCall(operation: string): CallLogEntry;
}

export async function openBusyWorld({ drainSeconds, deregistrationLagMs }: BusyWorldOptions): Promise<BusyWorld> {
  const sandbox = await startSandbox({
    speed,
    durations: {
      ...quickDurations,
      deregistrationLagMs: [deregistrationLagMs, deregistrationLagMs],
      stopTimeoutMs: 2 * slowMs,
    },
  });
  console.log(`seed ${sandbox.seed}`);
  const clients = createWorldClients(sandbox.endpoint);
  const auth = worldService('auth');
  const { targetGroupArns } = await seedWorld(clients, {
    timeoutSeconds: 180,
    services: [
      { ...auth, mapping: { ...auth.mapping, drainSeconds, environment: { SLOW_MS: String(slowMs) } } },
      worldService('pdf'),
    ],
  });
  await keepDrainingTargets(clients, targetGroupArns['auth-lb']);
  const invoke = (event: object) => invokeFunction(clients, event);
  await invoke({ action: 'start', services: ['auth', 'pdf'], waitForHealthy: true });
  const before = sandbox.calls.lastSequence;
  const traffic = await beginTraffic(sandbox);
  return {
    sandbox,
    invoke,
    async endTraffic(afterMs) {
      await delay(afterMs);
      return traffic.end();
    },
    firstCall(operation) {
      const [call] = sandbox.calls.list({ operation, after: before });
      if (call === undefined) throw new Error(`there is no call of ${operation}`);
      return call;
    },
    async [Symbol.asyncDispose]() {
      await traffic.end();
      clients.destroy();
      await sandbox.close();
    },
  };
}

async function keepDrainingTargets({ elasticLoadBalancing }: WorldClients, TargetGroupArn: string | undefined) {
  const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: String(deregistrationDelaySeconds) }];
  await elasticLoadBalancing.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
}

async function beginTraffic(sandbox: Sandbox): Promise<SteadyTraffic> {
  const url = await sandbox.loadBalancerUrl();
  const now = () => sandbox.clock.now();
  const traffic = sendSteadily({ url, services: ['auth', 'pdf'], perSecond: 50, now });
  await delay(1_000);
  return traffic;
}

async function invokeFunction({ lambda }: WorldClients, event: object): Promise<unknown> {
  const reply = await lambda.send(new InvokeCommand({ FunctionName: liveFunction, Payload: JSON.stringify(event) }));
  const text = Buffer.from(reply.Payload ?? []).toString();
  if (reply.FunctionError !== undefined) throw new Error(text);
  return JSON.parse(text);
}
