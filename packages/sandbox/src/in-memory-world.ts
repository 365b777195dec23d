import { type CallLog, createCallLog } from './call-log.ts';
import { type CloudWatchService, createCloudWatchService } from './cloudwatch/create-cloudwatch-service.ts';
import { realisticDurations, type SandboxDurations } from './durations.ts';
import { createFaults, type Faults } from './faults.ts';
import { createInMemoryClient, type InMemoryClient } from './in-memory-client.ts';
import { createInMemoryRuntime, type InMemoryRuntime } from './in-memory-runtime.ts';
import { createVpc, type Vpc } from './model/ec2/vpc.ts';
import { createEcsModel, type EcsModel } from './model/ecs/ecs-model.ts';
import { createElbModel, type ElbModel } from './model/elb/elb-model.ts';
import { readNodes } from './model/elb/nodes.ts';
import type { ServiceName } from './operation.ts';
import { createRandom, type Random } from './random.ts';
import { createSsmService } from './ssm/create-ssm-service.ts';
import { type SandboxStats, sumUp } from './stats.ts';
import { createThrottle, type Throttling } from './throttle.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { createDispatcher } from './wire/dispatch-call.ts';

export interface InMemoryWorldOptions {
  /** Seed of all random decisions. */
  readonly seed: number;
  readonly durations?: Partial<SandboxDurations>;
  /** How many nodes each load balancer has. Default 2. */
  readonly loadBalancerNodes?: number;
  /** The quota of rules in a load balancer. Default 100. */
  readonly ruleLimit?: number;
  /** Initial time, in milliseconds since the epoch. */
  readonly startAt?: number;
  /**
   * `documented`: ECS, Elastic Load Balancing and Parameter Store throttle calls above AWS's documented rates. Default `off`. Calls of
   * the caller `SET-UP` are never throttled.
   */
  readonly throttling?: Throttling;
}

/**
 * The models of the sandbox with a virtual clock, without sockets, processes or waiting. For tests that run thousands of
 * service life cycles.
 */
export interface InMemoryWorld {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly ecs: EcsModel;
  readonly elb: ElbModel;
  /** Creates subnets with other properties than the implicit ones. */
  readonly vpc: Vpc;
  /** Publishes metrics, also of AWS's namespaces. The load balancers publish theirs by themselves. */
  readonly cloudWatch: Pick<CloudWatchService, 'put'>;
  readonly runtime: InMemoryRuntime;
  readonly calls: CallLog;
  readonly faults: Faults;
  /** A replacement for an SDK client. `caller` is the access key ID in the call log. */
  client(service: ServiceName, caller?: string): InMemoryClient;
  stats(): SandboxStats;
  /** Advances the clock until the promise has settled. @throws the rejection of the promise */
  finish<Result>(promise: Promise<Result>): Promise<Result>;
}

const region = 'us-east-2';
const accountId = '123456789012';
const tickMs = 50;

export function createInMemoryWorld(options: InMemoryWorldOptions): InMemoryWorld {
  const clock = createVirtualClock(options.startAt);
  const random = createRandom(options.seed);
  const durations = { ...realisticDurations, ...options.durations };
  const runtime = createInMemoryRuntime();
  const vpc = createVpc({ region, accountId });
  const shared = { clock, random, durations, region, accountId, vpc };
  const ecs = createEcsModel({ ...shared, runtime });
  const elb = createElbModel({
    ...shared,
    probe: runtime,
    nodes: readNodes(options.loadBalancerNodes),
    ...(options.ruleLimit === undefined ? {} : { ruleLimit: options.ruleLimit }),
  });
  const cloudWatch = createCloudWatchService({ clock, sources: [elb.metrics] });
  const calls = createCallLog(1_000_000);
  const faults = createFaults(() => clock.now());
  const throttle = createThrottle({
    throttling: options.throttling ?? 'off',
    unthrottledCallers: ['SET-UP'],
    clock,
    tasksToLaunch: ecs.tasksToLaunch,
  });
  const dispatcher = createDispatcher({
    services: {
      // EC2's query parameters have other names than the members of SDK commands, which this client receives.
      ec2: {},
      ecs: ecs.operations,
      elasticloadbalancing: elb.operations,
      ssm: createSsmService({ clock, random, emptyPageChance: 0 }).operations,
      events: {},
      lambda: {},
      logs: {},
      monitoring: cloudWatch.operations,
    },
    log: calls,
    faults,
    throttle,
    clock,
    region,
    accountId,
    killCaller: () => false,
    withoutCapacity: ecs.withoutCapacity,
  });
  return {
    clock,
    random,
    ecs,
    elb,
    vpc,
    cloudWatch,
    runtime,
    calls,
    faults,
    stats: () => sumUp(ecs.admin.counts(), elb.admin.counts(), calls.lastSequence, throttle.throttledCalls()),
    client: (service, caller = 'IN-MEMORY') => createInMemoryClient(dispatcher, service, caller),
    async finish(promise) {
      let settled = false;
      const settle = (): void => {
        settled = true;
      };
      promise.then(settle, settle);
      await clock.advance(0);
      while (!settled) await clock.advance(tickMs);
      return promise;
    },
  };
}
