import { createAuthoriser } from './authorisation/authoriser.ts';
import { createHttpHealthProbe } from './balancer/http-health-probe.ts';
import { createCloudWatchService } from './cloudwatch/create-cloudwatch-service.ts';
import { createEventsService } from './events/create-events-service.ts';
import { createTaskEventFeed, type TaskEventFeed } from './events/task-event-feed.ts';
import { createLambdaService } from './lambda/lambda-service.ts';
import { createLogsService } from './logs/create-logs-service.ts';
import { createEc2Operations } from './model/ec2/ec2-model.ts';
import { createVpc } from './model/ec2/vpc.ts';
import { createEcsModel, type EcsModel } from './model/ecs/ecs-model.ts';
import { createElbModel } from './model/elb/elb-model.ts';
import { createNetwork, type Network } from './network.ts';
import type { SandboxSettings } from './options.ts';
import { createProcessTaskRuntime } from './processes/process-task-runtime.ts';
import { createRandom } from './random.ts';
import { createRealClock } from './real-clock.ts';
import { createSsmService } from './ssm/create-ssm-service.ts';

/** The services and the parts that they run on. */
export type SandboxParts = ReturnType<typeof createParts>;

/**
 * Creates the services and connects them: tasks run as processes, health checks use HTTP, task changes go to the bus, and the
 * bus invokes Lambda.
 *
 * @param endpoint returns the endpoint for functions; called when the first one starts
 */
export function createParts(settings: SandboxSettings, endpoint: () => string) {
  const { region, accountId, speed, durations } = settings;
  const clock = createRealClock(speed);
  const seeds = createRandom(settings.seed);
  // Each part has its own random sequence, so that the draws of one do not affect the others.
  const common = () => ({ region, accountId, clock, random: createRandom(seeds.integer(0, 2 ** 32 - 1)), durations });

  const network = createNetwork();
  const vpc = createVpc({ region, accountId });
  const runtime = createProcessTaskRuntime({ network, speed });
  const ecs = createEcsModel({ ...common(), runtime, vpc });
  const elb = createElbModel({
    ...common(),
    vpc,
    probe: createHttpHealthProbe({ clock, network, speed }),
    nodes: settings.loadBalancerNodes,
    permitsInvoke: (functionArn, targetGroupArn) =>
      lambda.permits(functionArn, 'elasticloadbalancing.amazonaws.com', targetGroupArn),
  });
  const cloudWatch = createCloudWatchService({ clock, sources: [elb.metrics] });
  const ssm = createSsmService({ ...common(), emptyPageChance: settings.emptyPageChance });
  const { authorise } = settings;
  const { findTaskDefinition } = ecs;
  const authoriser = authorise && createAuthoriser(authorise, { region, accountId, findTaskDefinition });
  const logs = createLogsService({ region, accountId, clock });
  const lambda = createLambdaService({
    ...common(),
    logStore: logs.store,
    authoriser,
    speed,
    endpoint,
    asynchronousRetryMs: durations.asynchronousRetryMs,
    coldStart: settings.coldStart,
    duplicateChance: settings.duplicateInvocationChance,
  });
  const events = createEventsService({
    ...common(),
    deliveryMs: durations.eventDeliveryMs,
    duplicateChance: settings.duplicateDeliveryChance,
    invokeAsync: (functionArn, payload) => lambda.invokeAsync(functionArn, payload),
  });
  const taskEvents = createTaskEventFeed({
    ...common(),
    settings: settings.taskEvents,
    publish: (event) => void events.publish(event),
  });
  announceTasks(ecs, taskEvents, network);
  return {
    clock,
    network,
    runtime,
    ec2: createEc2Operations(vpc),
    ecs,
    elb,
    cloudWatch,
    ssm,
    lambda,
    logs,
    events,
    taskEvents,
    authoriser,
  };
}

/** Publishes every change of a task, and releases the address of a deleted network interface. */
function announceTasks(ecs: EcsModel, taskEvents: TaskEventFeed, network: Network): void {
  const released = new Set<unknown>();
  ecs.onTaskStateChange((detail) => {
    const taskArn = String(detail.taskArn);
    const attachments = (detail.attachments ?? []) as {
      status: string;
      details: { name: string; value: string }[];
    }[];
    for (const { status, details } of attachments) {
      const ips = details.filter(({ name }) => /^privateIPv[46]Address$/.test(name)).map(({ value }) => value);
      // Only once: a later event of this task must not release the address while another task has it.
      if (status !== 'DELETED' || ips.length === 0 || released.has(taskArn)) continue;
      released.add(taskArn);
      for (const ip of ips) network.release(ip);
    }
    taskEvents.accept({ source: 'aws.ecs', detailType: 'ECS Task State Change', resources: [taskArn], detail });
  });
}
