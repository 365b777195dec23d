import {
  type ContainerDefinition,
  CreateClusterCommand,
  DescribeTasksCommand,
  type Task as EcsTask,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SSMClient } from '@aws-sdk/client-ssm';
import type {
  LaunchClaims,
  LaunchKeys,
  LaunchRequest,
  ListenerRules,
  Pauses,
  RequestMeter,
  StopNotes,
  TargetRegistry,
  Task,
  TaskRunner,
} from '@start-engines/core';
import {
  type AwsClients,
  createAwsClients,
  createEcsTaskRunner,
  createEventBus,
  createLaunchClaims,
  createLaunchKeys,
  createListenerRules,
  createPauses,
  createRequestMeter,
  createStopNotes,
  createTargetRegistry,
  type EventBus,
} from '../../src/index.ts';
import { facts, clock as fixedClock, launchRequest } from '../launch-request.ts';
import type { Backend, RunningBackend } from './backend.ts';

/** A backend with a cluster, a task definition, target groups, and the adapters on top. */
export interface World extends AsyncDisposable {
  readonly backend: RunningBackend;
  readonly clients: AwsClients;
  readonly tasks: TaskRunner;
  readonly targets: TargetRegistry;
  readonly rules: ListenerRules;
  readonly meter: RequestMeter;
  readonly eventBus: EventBus;
  readonly stopNotes: StopNotes;
  readonly pauses: Pauses;
  readonly launchClaims: LaunchClaims;
  readonly launchKeys: LaunchKeys;
  readonly cluster: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  /** A group that a listener uses. */
  readonly targetGroupArn: string;
  /** A group that no listener uses. */
  readonly unusedTargetGroupArn: string;
  /** A request that this backend accepts, with an owner and a token that no other test uses. */
  newRequest(changes?: Partial<LaunchRequest>): LaunchRequest;
  /** Launches a task and returns the answer of RunTask. */
  launch(request: LaunchRequest): Promise<Task>;
  /** Stops all launched tasks, because in the sandbox each task is one or two processes. */
  stopLaunched(): Promise<void>;
  /** A task as the API describes it. */
  look(taskArn: string): Promise<EcsTask | undefined>;
}

const cluster = 'engines';

/** The backends use real time, which is later than the times in the facts. */
const clock = { now: () => Math.max(fixedClock.now(), Date.now()) };

export async function createWorld(backend: Backend): Promise<World> {
  const running = await backend.start();
  const clients = createAwsClients({
    endpoint: running.endpoint,
    region: running.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestTimeoutMs: 20_000,
  });
  const launchKeys = createLaunchKeys({
    client: new SSMClient(clients.settings),
    parameterPath: '/start-engines/contract',
    workspace: 'dev',
  });
  const tasks = createEcsTaskRunner({ client: clients.ecs, clock, launchKeys });
  const created = await createCluster(clients);
  const groups = await createTargetGroups(clients, running);
  const launched = new Set<string>();
  let requests = 0;

  return {
    backend: running,
    clients,
    tasks,
    targets: createTargetRegistry({ client: clients.elasticLoadBalancing }),
    rules: createListenerRules({ client: clients.elasticLoadBalancing, settleMs: 20_000 }),
    meter: createRequestMeter({ client: clients.cloudWatch }),
    stopNotes: createStopNotes({
      client: new SSMClient(clients.settings),
      parameterPath: '/start-engines/contract',
      clock,
    }),
    pauses: createPauses({
      client: new SSMClient(clients.settings),
      parameterPath: '/start-engines/contract',
      clock,
    }),
    launchClaims: createLaunchClaims({
      client: new SSMClient(clients.settings),
      parameterPath: '/start-engines/contract',
    }),
    launchKeys,
    eventBus: createEventBus({ client: clients.eventBridge, eventBusName: 'default' }),
    cluster,
    ...created,
    ...groups,
    newRequest(changes = {}) {
      requests += 1;
      const { containerName: _, ...request } = launchRequest;
      return {
        ...request,
        cluster,
        subnets: running.subnets,
        securityGroups: running.securityGroups,
        startedBy: `start-engines/dev/service-${requests}`,
        clientToken: `token-${requests}`,
        facts: { ...facts, launchedAt: Date.now() },
        ...changes,
      };
    },
    async launch(request) {
      const reply = await tasks.launch(request);
      if (reply.kind !== 'task') throw new Error(`the launch answered ${reply.kind}`);
      launched.add(reply.task.taskArn);
      return reply.task;
    },
    async stopLaunched() {
      for (const taskArn of launched) await tasks.stop(taskArn, 'the test is over');
      launched.clear();
    },
    async look(taskArn) {
      const command = new DescribeTasksCommand({ cluster, tasks: [taskArn], include: ['TAGS'] });
      return (await clients.ecs.send(command)).tasks?.[0];
    },
    async [Symbol.asyncDispose]() {
      clients.destroy();
      await running[Symbol.asyncDispose]();
    },
  };
}

async function createCluster({ ecs }: AwsClients) {
  const made = await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  const register = (family: string, containers: ContainerDefinition[]) =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: containers,
      }),
    );
  const registered = await register('auth', [
    { name: 'sidecar', image: 'sidecar', essential: false, memory: 64 },
    { name: 'web', image: 'auth', essential: true, memory: 128, portMappings: [{ containerPort: 8080 }] },
  ]);
  // The sandbox cannot pull an image with such a name, so tasks of this definition end without a process.
  await register('unpullable', [{ name: 'web', image: 'missing', memory: 128 }]);
  const clusterArn = made.cluster?.clusterArn;
  const taskDefinitionArn = registered.taskDefinition?.taskDefinitionArn;
  if (clusterArn === undefined || taskDefinitionArn === undefined) throw new Error('the cluster was not created');
  return { clusterArn, taskDefinitionArn };
}

async function createTargetGroups({ elasticLoadBalancing }: AwsClients, running: RunningBackend) {
  const createGroup = async (Name: string) => {
    const command = new CreateTargetGroupCommand({
      Name,
      Protocol: 'HTTP',
      Port: 8080,
      VpcId: running.vpcId,
      TargetType: 'ip',
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
    });
    const { TargetGroups: [group] = [] } = await elasticLoadBalancing.send(command);
    if (group?.TargetGroupArn === undefined) throw new Error('the target group was not created');
    return group.TargetGroupArn;
  };
  const targetGroupArn = await createGroup('auth');
  const unusedTargetGroupArn = await createGroup('unused');
  const { LoadBalancers: [loadBalancer] = [] } = await elasticLoadBalancing.send(
    new CreateLoadBalancerCommand({
      Name: 'engines',
      Subnets: [...running.subnets],
      SecurityGroups: [...running.securityGroups],
    }),
  );
  await elasticLoadBalancing.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancer?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    }),
  );
  return { targetGroupArn, unusedTargetGroupArn };
}
