import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { noDelays, type Sandbox, startSandbox } from '@start-engines/sandbox';
import { zipName } from '../../scripts/lambda-package.ts';
import { buildZip, type Invoked } from './function-under-test.ts';

const functionName = 'start-engines-lambda-test';

export interface SandboxWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly targetGroupArn: string;
  /** Invokes the function through Lambda's API and waits for the result. */
  invoke(event: unknown): Promise<Omit<Invoked, 'log'>>;
  /** Puts an event on the default bus. A rule sends start events to the function. */
  putEvent(source: string, detailType: string, detail: unknown): Promise<void>;
  /** The JSON lines that the function has logged so far. */
  log(): readonly Readonly<Record<string, unknown>>[];
  /** The mutating calls to ECS and ELB after that call. */
  changesAfter(sequence: number): readonly string[];
}

/** The built zip deployed in the sandbox, with the service `auth`. */
export async function startSandboxWorld({ timeoutSeconds = 300, drainSeconds = 15 } = {}): Promise<SandboxWorld> {
  const stack = new AsyncDisposableStack();
  const sandbox = stack.use(
    await startSandbox({ durations: { ...noDelays, asynchronousRetryMs: [10, 10] }, callLogLimit: 50_000 }),
  );
  const settings = {
    endpoint: sandbox.endpoint,
    region: sandbox.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'secret' },
  };
  const lambda = new LambdaClient(settings);
  const events = new EventBridgeClient(settings);
  const targetGroupArn = await createTargetGroup(new ElasticLoadBalancingV2Client(settings));
  await createCluster(new ECSClient(settings));
  await writeMapping(new SSMClient(settings), targetGroupArn, drainSeconds);
  const zipFolder = await buildZip();
  stack.defer(() => rm(zipFolder, { recursive: true, force: true }));
  const functionArn = await deploy(lambda, join(zipFolder, zipName), timeoutSeconds);
  await sendStartsTo(events, functionArn);
  return {
    sandbox,
    targetGroupArn,
    async invoke(event) {
      const reply = await lambda.send(
        new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
      );
      const payload = JSON.parse(Buffer.from(reply.Payload ?? []).toString('utf8'));
      if (reply.FunctionError === undefined) return { value: payload };
      return { thrown: { name: payload.errorType, message: payload.errorMessage } };
    },
    async putEvent(Source, DetailType, detail) {
      const entry = { Source, DetailType, Detail: JSON.stringify(detail) };
      await events.send(new PutEventsCommand({ Entries: [entry] }));
    },
    log: () => sandbox.lambda.logs(functionName).flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : [])),
    changesAfter: (after) =>
      sandbox.calls
        .list({ mutating: true, after })
        .filter(({ caller }) => caller !== 'operator')
        .map(({ operation }) => operation),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function createCluster(ecs: ECSClient): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: 'engines' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'auth-api-task',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'web', image: 'auth', memory: 128, portMappings: [{ containerPort: 8080 }] }],
    }),
  );
}

async function createTargetGroup(elb: ElasticLoadBalancingV2Client): Promise<string> {
  const group = await elb.send(
    new CreateTargetGroupCommand({
      Name: 'auth-tg',
      Protocol: 'HTTP',
      Port: 8080,
      VpcId: 'vpc-0a1b2c3d',
      TargetType: 'ip',
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
    }),
  );
  const loadBalancer = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'engines', Subnets: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'] }),
  );
  const TargetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn;
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancer.LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    }),
  );
  return TargetGroupArn ?? '';
}

async function writeMapping(ssm: SSMClient, targetGroupArn: string, drainSeconds: number): Promise<void> {
  const mapping = {
    cluster: 'engines',
    taskDefinition: 'auth-api-task',
    port: 8080,
    targetGroupArn,
    subnets: ['subnet-0a1b2c3d'],
    securityGroups: ['sg-0a1b2c3d'],
    drainSeconds,
  };
  const Name = '/start-engines/test/services/auth';
  await ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: JSON.stringify(mapping) }));
}

async function deploy(lambda: LambdaClient, zipPath: string, Timeout: number): Promise<string> {
  const created = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: functionName,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/start-engines-lambda-role-test',
      Timeout,
      Architectures: ['arm64'],
      Code: { ZipFile: await readFile(zipPath) },
      Environment: {
        Variables: {
          PARAMETER_PATH: '/start-engines/test',
          CLUSTERS: 'engines',
          POWERTOOLS_SERVICE_NAME: 'start-engines',
          POWERTOOLS_METRICS_NAMESPACE: 'StartEngines',
        },
      },
    }),
  );
  return created.FunctionArn ?? '';
}

async function sendStartsTo(events: EventBridgeClient, functionArn: string): Promise<void> {
  const EventPattern = JSON.stringify({ source: ['custom.app'], 'detail-type': ['Start ECS Task'] });
  await events.send(new PutRuleCommand({ Name: 'start', EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: 'start', Targets: [{ Id: 'function', Arn: functionArn }] }));
}
