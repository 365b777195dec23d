// Loaded now, because the virtual clock would advance while the adapter loads it.
import '../../packages/aws/src/cloudwatch-parts.ts';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import {
  createActivations,
  createEcsTaskRunner,
  createLaunchClaims,
  createLaunchKeys,
  createListenerRules,
  createPauses,
  createRequestMeter,
  createStopNotes,
  createTargetRegistry,
} from '@start-engines/aws';
import { createSsmServiceMappings } from '@start-engines/config';
import type { JournalEntry, LaunchKeys, OperationContext, Outcome, Ports } from '@start-engines/core';
import {
  createInMemoryWorld,
  type InMemoryClient,
  type InMemoryWorld,
  type SandboxDurations,
  type ServiceName,
  type Throttling,
} from '@start-engines/sandbox/in-memory';
import { type FleetService, fillCluster, makeTargetGroup, type SetUp } from './fill-cluster.ts';

export interface FleetOptions {
  readonly seed: number;
  readonly workspaces: number;
  readonly clustersInEach?: number;
  readonly servicesInEachCluster: number;
  readonly throttling?: Throttling;
  /** Requests can wake the services. */
  readonly wakes?: true;
  /** More members of each mapping. */
  readonly mapping?: Readonly<Record<string, unknown>>;
  readonly durations?: Partial<SandboxDurations>;
  /** Round trip of each call, in milliseconds of the world's clock. Default 0. */
  readonly callMs?: readonly [shortest: number, longest: number];
}

/**
 * Many services in one account and Region, on the in-memory models with the real adapters. All workspaces use the same service
 * names.
 */
export interface Fleet {
  readonly world: InMemoryWorld;
  readonly services: readonly FleetService[];
  readonly journal: JournalEntry[];
  readonly outcomes: Outcome[];
  readonly setUp: SetUp;
  /** A replacement for an SDK client of that caller. */
  client(service: ServiceName, caller: string): InMemoryClient;
  /** The ports of a new process of a workspace's function. */
  ports(workspace: string, caller: string): Ports;
  /** A context for an operation that starts now. */
  context(timeoutMs?: number): OperationContext;
}

/** Lambda's maximum duration. */
const longestInvocationMs = 900_000;

export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { seed, throttling = 'off', durations = {}, clustersInEach = 1 } = options;
  const world = createInMemoryWorld({ seed, throttling, durations, ...(options.wakes && { ruleLimit: 10_000 }) });
  const setUp: SetUp = (service, operation, input) => world.client(service, 'SET-UP').call(operation, input);
  const clusters = Array.from({ length: options.workspaces }, (_, index) => `w${index}`).flatMap((workspace) =>
    Array.from({ length: clustersInEach }, (_, index) => ({ workspace, cluster: `${workspace}-cluster-${index}` })),
  );
  const activatorGroupArn = options.wakes && (await makeTargetGroup(setUp, 'activator'));
  const further = { ...(activatorGroupArn && { activatorGroupArn }), mapping: options.mapping ?? {} };
  const services: FleetService[] = [];
  for (const { workspace, cluster } of clusters) {
    const named = services.filter((service) => service.workspace === workspace).length;
    services.push(
      ...(await fillCluster(setUp, {
        workspace,
        cluster,
        count: options.servicesInEachCluster,
        firstName: named,
        ...further,
      })),
    );
  }

  const client = (service: ServiceName, caller: string): InMemoryClient =>
    withWayThere(world, world.client(service, caller), options.callMs);
  const journal: JournalEntry[] = [];
  const outcomes: Outcome[] = [];
  let lastId = 0;
  // All functions are warm.
  const launchKeys = new Map<string, LaunchKeys>();
  const launchKeysOf = (workspace: string): LaunchKeys => {
    const known = launchKeys.get(workspace);
    if (known !== undefined) return known;
    const ssm = world.client('ssm', 'SET-UP') as unknown as SSMClient;
    const made = createLaunchKeys({ client: ssm, parameterPath: `/start-engines/${workspace}`, workspace });
    launchKeys.set(workspace, made);
    return made;
  };
  return {
    world,
    services,
    journal,
    outcomes,
    setUp,
    client,
    context: (timeoutMs = longestInvocationMs) => {
      const now = world.clock.now();
      return { correlationId: 'fleet', deadline: now + timeoutMs, receivedAt: now };
    },
    ports: (workspace, caller) => ({
      clock: { now: () => world.clock.now(), sleep: (delayMs) => world.clock.sleep(delayMs) },
      tasks: createEcsTaskRunner({
        client: client('ecs', caller) as unknown as ECSClient,
        clock: world.clock,
        launchKeys: launchKeysOf(workspace),
      }),
      targets: createTargetRegistry({
        client: client('elasticloadbalancing', caller) as unknown as ElasticLoadBalancingV2Client,
      }),
      rules: createListenerRules({
        client: client('elasticloadbalancing', caller) as unknown as ElasticLoadBalancingV2Client,
        activatorGroupArn,
        settleMs: 20_000,
      }),
      stopNotes: createStopNotes({
        client: client('ssm', caller) as unknown as SSMClient,
        parameterPath: `/start-engines/${workspace}`,
        clock: world.clock,
      }),
      meter: createRequestMeter({ client: async () => client('monitoring', caller) as unknown as CloudWatchClient }),
      pauses: createPauses({
        client: client('ssm', caller) as unknown as SSMClient,
        parameterPath: `/start-engines/${workspace}`,
        clock: world.clock,
      }),
      launchClaims: createLaunchClaims({
        client: client('ssm', caller) as unknown as SSMClient,
        parameterPath: `/start-engines/${workspace}`,
      }),
      activations: createActivations({
        client: client('ssm', caller) as unknown as SSMClient,
        parameterPath: `/start-engines/${workspace}`,
      }),
      mappings: createSsmServiceMappings({
        client: client('ssm', caller) as unknown as SSMClient,
        parameterPath: `/start-engines/${workspace}`,
        ttlSeconds: 30,
        clock: world.clock,
      }),
      journal: { record: (entry) => journal.push(entry) },
      outcomes: { publish: async (outcome) => void outcomes.push(outcome) },
      endCallsBy: (_until, work) => work(),
      newId: () => {
        lastId += 1;
        return `id-${lastId}`;
      },
      workspace,
      clusters: clusters.filter((one) => one.workspace === workspace).map(({ cluster }) => cluster),
    }),
  };
}

/** Adds the round trip to a client's calls: half before and half after each call. */
function withWayThere({ clock, random }: InMemoryWorld, client: InMemoryClient, callMs: FleetOptions['callMs']) {
  if (callMs === undefined) return client;
  const [shortest, longest] = callMs;
  const onTheWay = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    const halfMs = random.integer(shortest, longest) / 2;
    await clock.sleep(halfMs);
    try {
      return await call();
    } finally {
      await clock.sleep(halfMs);
    }
  };
  return {
    send: (command) => onTheWay(() => client.send(command)),
    call: (operation, input) => onTheWay(() => client.call(operation, input)),
  } satisfies InMemoryClient;
}
