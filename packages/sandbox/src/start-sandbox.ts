import { createAdmin } from './admin.ts';
import type { Authorisation } from './authorisation/authoriser.ts';
import { type Balancer, createBalancer } from './balancer/balancer.ts';
import { type CallLog, createCallLog } from './call-log.ts';
import type { SandboxClock } from './clock.ts';
import { closeOnSignal } from './close-on-signal.ts';
import type { CloudWatchService } from './cloudwatch/create-cloudwatch-service.ts';
import { createParts } from './create-parts.ts';
import type { EventsService } from './events/create-events-service.ts';
import type { TaskEvents } from './events/task-event-feed.ts';
import { createFaults, type Faults } from './faults.ts';
import type { LambdaService } from './lambda/lambda-service.ts';
import type { EcsAdmin } from './model/ecs/ecs-model.ts';
import type { ElbAdmin } from './model/elb/elb-model.ts';
import type { Operations } from './operation.ts';
import { readOptions, type SandboxOptions } from './options.ts';
import { type SandboxStats, sumUp } from './stats.ts';
import { createThrottle } from './throttle.ts';
import { openApiServer } from './wire/api-server.ts';
import { createDispatcher } from './wire/dispatch-call.ts';

/** A running sandbox. */
export interface Sandbox extends AsyncDisposable {
  /** The `endpoint` for SDK clients, such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Seed of all random decisions. Print it when a test fails. */
  readonly seed: number;
  readonly clock: SandboxClock;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly ecs: EcsAdmin;
  readonly elb: ElbAdmin;
  /** Publishes metrics, also of AWS's namespaces, which PutMetricData refuses. */
  readonly cloudWatch: Pick<CloudWatchService, 'put'>;
  readonly lambda: Omit<LambdaService, 'operations' | 'close'>;
  readonly events: Omit<EventsService, 'operations'>;
  /** Delivery of `ECS Task State Change` events to the bus. Can be changed while the sandbox runs. */
  readonly taskEvents: TaskEvents;
  /** All decisions of the option `authorise`, in order. */
  authorisations(): readonly Authorisation[];
  /** All supported operations, such as `ecs RunTask`. */
  operations(): readonly string[];
  stats(): SandboxStats;
  /** The last 64 KB of output of a task's processes. `undefined` for a task that never ran. */
  taskOutput(taskArn: string): string | undefined;
  /**
   * The URL of a load balancer's listener. Default: the first listener.
   *
   * @throws RangeError if there is no such listener
   */
  loadBalancerUrl(loadBalancerName?: string, listenerPort?: number): Promise<string>;
  /** Stops all servers, tasks and functions. */
  close(): Promise<void>;
}

/**
 * Starts the APIs, the load balancer and Lambda on 127.0.0.1.
 *
 * @throws RangeError for an invalid option, `EADDRINUSE` for a port in use
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = readOptions(options);
  const { region, accountId, speed, seed } = settings;
  const account = { region, accountId };
  const parts = createParts(settings, () => endpoint);
  const { clock, network, runtime, ec2, ecs, elb, cloudWatch, ssm, lambda, logs, events, taskEvents, authoriser } =
    parts;

  const calls = createCallLog(settings.callLogLimit);
  const faults = createFaults(() => clock.now());
  const { tasksToLaunch } = ecs;
  const { throttling, unthrottledCallers } = settings;
  const throttle = createThrottle({ throttling, unthrottledCallers, clock, tasksToLaunch });
  const services = {
    ec2,
    ecs: ecs.operations,
    elasticloadbalancing: elb.operations,
    events: events.operations,
    lambda: lambda.operations,
    logs: logs.operations,
    monitoring: cloudWatch.operations,
    ssm: ssm.operations,
  };
  const dispatcher = createDispatcher({
    services,
    log: calls,
    faults,
    throttle,
    clock,
    ...account,
    authoriser,
    principalOf: lambda.principalOf,
    killCaller: lambda.killCaller,
    withoutCapacity: ecs.withoutCapacity,
  });
  const stats = () => sumUp(ecs.admin.counts(), elb.admin.counts(), calls.lastSequence, throttle.throttledCalls());
  const taskOutput = (taskArn: string) => runtime.output(taskArn);
  const admin = createAdmin({
    settings,
    clock,
    calls,
    faults,
    ecs: ecs.admin,
    elb: elb.admin,
    lambda,
    events,
    taskEvents,
    stats,
    taskOutput,
    loadBalancerUrl: (name) => balancer.url(name),
  });
  const { apiPort: port, keepRawMessages } = settings;
  const apiServer = await openApiServer({ clock, dispatcher, port, keepRawMessages, admin }).catch(
    async (cause: unknown) => {
      await Promise.all([lambda.close(), runtime.close()]);
      clock.close();
      throw cause;
    },
  );
  const { endpoint } = apiServer;
  const balancer = createBalancer({
    clock,
    speed,
    elb,
    network,
    invoke: (targetGroupArn) => (functionArn, payload) =>
      lambda.invokeFor('elasticloadbalancing.amazonaws.com', targetGroupArn, functionArn, payload),
    ...firstPort(settings.loadBalancerPort),
  });

  const close = once(async () => {
    forgetSignals();
    await apiServer.close();
    await Promise.all([balancer.close(), lambda.close()]);
    await runtime.close();
    clock.close();
  });
  const forgetSignals = closeOnSignal(close);
  return {
    endpoint,
    ...account,
    seed,
    clock,
    calls,
    faults,
    ecs: ecs.admin,
    elb: elb.admin,
    cloudWatch,
    lambda,
    events,
    taskEvents,
    authorisations: () => authoriser?.list() ?? [],
    operations: () => operationNames(services),
    stats,
    taskOutput,
    loadBalancerUrl: (name, listenerPort) => servedUrl(balancer, name, listenerPort),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function operationNames(services: Readonly<Record<string, Operations>>): readonly string[] {
  return Object.entries(services).flatMap(([service, operations]) =>
    Object.keys(operations).map((operation) => `${service} ${operation}`),
  );
}

function firstPort(port: number | undefined): { readonly firstPort?: number } {
  return port === undefined ? {} : { firstPort: port };
}

async function servedUrl(balancer: Balancer, name?: string, listenerPort?: number): Promise<string> {
  await balancer.settled();
  return balancer.url(name, listenerPort);
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
