import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateAliasCommand, CreateFunctionCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { operationTriggers, ownerPrefix, parameterPathOf, parametersBelow } from '@start-engines/core';
import { root } from '../tasks.ts';
import type { WorldClients } from './clients.ts';
import { seedActivator } from './seed-activator.ts';
import { type WorldService, worldServices } from './services.ts';

export const functionName = 'start-engines-lambda-dev';
/** The function's alias, which all callers invoke. */
export const liveFunction = `${functionName}:live`;
export const parameterPath = parameterPathOf('dev');
const parameters = parametersBelow(parameterPath);
export const bundlePath = join(root, 'packages', 'handler', 'dist', 'start-engines-lambda.zip');

const subnets = ['subnet-0a1b2c3d4e5f60718', 'subnet-0b1c2d3e4f5061728'];
const vpcId = 'vpc-0a1b2c3d4e5f60718';

export interface SeedOptions {
  readonly services?: readonly WorldService[];
  /** Seconds for which the function caches a mapping. Default 30, as in a deployment. */
  readonly configTtlSeconds?: number;
  readonly timeoutSeconds?: number;
  /** Additional keys of the workspace's defaults. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Additional environment variables of the function. */
  readonly environment?: Readonly<Record<string, string>>;
  /** False: the function receives no task state changes and publishes no outcomes. */
  readonly eventPath?: boolean;
  /** False: the envelope is not published. One parameter has room for the target groups of about seventy services. */
  readonly envelope?: boolean;
}

export interface World {
  /** ARN of the alias. */
  readonly functionArn: string;
  /** By name of the group. */
  readonly targetGroupArns: Readonly<Record<string, string>>;
  readonly securityGroups: SecurityGroups;
}

/** IDs of a deployment's two security groups. */
export interface SecurityGroups {
  readonly loadBalancer: string;
  readonly tasks: string;
}

/**
 * Creates the resources of a deployment in an empty sandbox: clusters, task definitions, one load balancer with a rule for each
 * service, service mappings, the function with the built zip, and the event rules. Everything goes over
 * the wire.
 */
export async function seedWorld(clients: WorldClients, options: SeedOptions = {}): Promise<World> {
  const services = options.services ?? worldServices;
  const clusters = [...new Set(services.map((service) => service.cluster))];
  const clusterArns: string[] = [];
  for (const clusterName of clusters) {
    const { cluster } = await clients.ecs.send(new CreateClusterCommand({ clusterName }));
    clusterArns.push(cluster?.clusterArn ?? '');
  }
  for (const service of services) await registerTaskDefinition(clients, service);
  const groups = await makeSecurityGroups(clients);
  const isWoken = services.some(({ wakes }) => wakes);
  const activatorGroupArn = isWoken ? await seedActivator(clients, parameterPath) : '';
  const { targetGroupArns, ruleArns } = await makeLoadBalancer(
    clients,
    services,
    groups.loadBalancer,
    activatorGroupArn,
  );
  const furtherDefaults = { securityGroups: [groups.tasks], ...options.defaults };
  await putMappings(clients, services, targetGroupArns, ruleArns, furtherDefaults);
  if (options.envelope ?? true) await publishEnvelope(clients, services, targetGroupArns);
  const environment = { ...options.environment, ...(isWoken ? { ACTIVATOR_TARGET_GROUP_ARN: activatorGroupArn } : {}) };
  const functionArn = await makeFunction(clients, clusters, { ...options, environment });
  await makeRules(clients, functionArn, rulePatterns(clusterArns, options.eventPath ?? true, isWoken));
  return { functionArn, targetGroupArns, securityGroups: groups };
}

/** Registers a task with one Fargate container, on the service's port and the next one. @returns the revision's ARN */
export async function registerTaskDefinition(
  clients: WorldClients,
  service: WorldService,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const variables = { SERVICE_NAME: service.name, ...environment };
  const { taskDefinition } = await clients.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: service.family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: service.name,
          image: service.image,
          essential: true,
          portMappings: [{ containerPort: service.port }],
          environment: Object.entries(variables).map(([name, value]) => ({ name, value })),
        },
      ],
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

/** The tasks admit only the load balancer, on every port. */
async function makeSecurityGroups({ ec2 }: WorldClients): Promise<SecurityGroups> {
  const make = async (GroupName: string, Description: string) => {
    const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description, VpcId: vpcId }));
    return made.GroupId ?? '';
  };
  const loadBalancer = await make('start-engines-alb-dev', 'The load balancer');
  const tasks = await make('start-engines-tasks-dev', 'The tasks');
  const fromLoadBalancer = { IpProtocol: 'tcp', FromPort: 1, ToPort: 65_535 };
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: tasks,
      IpPermissions: [{ ...fromLoadBalancer, UserIdGroupPairs: [{ GroupId: loadBalancer }] }],
    }),
  );
  return { loadBalancer, tasks };
}

async function makeLoadBalancer(
  { elasticLoadBalancing }: WorldClients,
  services: readonly WorldService[],
  securityGroup: string,
  activatorGroupArn: string,
): Promise<Routes> {
  const balancer = await elasticLoadBalancing.send(
    new CreateLoadBalancerCommand({ Name: 'start-engines-dev', Subnets: subnets, SecurityGroups: [securityGroup] }),
  );
  const listener = await elasticLoadBalancing.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer.LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [
        {
          Type: 'fixed-response',
          FixedResponseConfig: {
            StatusCode: '404',
            ContentType: 'application/json',
            MessageBody: '{"message":"no such service"}',
          },
        },
      ],
    }),
  );
  const targetGroupArns: Record<string, string> = {};
  const ruleArns: Record<string, string> = {};
  let priority = 0;
  for (const service of services) {
    for (const [index, name] of service.targetGroups.entries()) {
      const made = await elasticLoadBalancing.send(
        new CreateTargetGroupCommand({
          Name: name,
          Protocol: 'HTTP',
          Port: service.port,
          VpcId: vpcId,
          TargetType: 'ip',
          HealthCheckPath: '/health',
          HealthCheckIntervalSeconds: 5,
          HealthCheckTimeoutSeconds: 2,
          HealthyThresholdCount: 2,
          UnhealthyThresholdCount: 2,
        }),
      );
      const TargetGroupArn = made.TargetGroups?.[0]?.TargetGroupArn ?? '';
      targetGroupArns[name] = TargetGroupArn;
      await elasticLoadBalancing.send(
        new ModifyTargetGroupAttributesCommand({
          TargetGroupArn,
          Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '1' }],
        }),
      );
      priority += 1;
      const path = `/api/${service.name}${index === 0 ? '' : index + 1}`;
      // A service that is down begins on the activator's side.
      const weights = [
        { TargetGroupArn, Weight: 0 },
        { TargetGroupArn: activatorGroupArn, Weight: 1 },
      ];
      const forward = service.wakes ? { ForwardConfig: { TargetGroups: weights } } : { TargetGroupArn };
      const { Rules = [] } = await elasticLoadBalancing.send(
        new CreateRuleCommand({
          ListenerArn: listener.Listeners?.[0]?.ListenerArn,
          Priority: priority,
          Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [path, `${path}/*`] } }],
          Actions: [{ Type: 'forward', ...forward }],
        }),
      );
      ruleArns[name] = Rules[0]?.RuleArn ?? '';
    }
  }
  return { targetGroupArns, ruleArns };
}

/** By name of the target group. */
interface Routes {
  readonly targetGroupArns: Readonly<Record<string, string>>;
  readonly ruleArns: Readonly<Record<string, string>>;
}

/** The defaults of all services. Draining takes a second, so that the demo does not wait for it. */
const defaults = { subnets, drainSeconds: 1 };

async function putMappings(
  { ssm }: WorldClients,
  services: readonly WorldService[],
  targetGroupArns: Readonly<Record<string, string>>,
  ruleArns: Readonly<Record<string, string>>,
  furtherDefaults: Readonly<Record<string, unknown>>,
): Promise<void> {
  const documents: [string, unknown][] = [
    [parameters.defaults, { ...defaults, ...furtherDefaults }],
    ...services.map((service): [string, unknown] => [
      `${parameters.services}/${service.name}`,
      { ...mappingDocument(service, targetGroupArns), ...wakeKeys(service, ruleArns) },
    ]),
  ];
  for (const [Name, document] of documents) {
    await ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: JSON.stringify(document) }));
  }
}

/** The envelope, as Terraform publishes it. */
async function publishEnvelope(
  { ssm }: WorldClients,
  services: readonly WorldService[],
  targetGroupArns: Readonly<Record<string, string>>,
): Promise<void> {
  const envelope = {
    clusters: [...new Set(services.map(({ cluster }) => cluster))],
    taskFamilies: services.map(({ family }) => family),
    taskRoleArns: [],
    targetGroupArns: Object.values(targetGroupArns),
  };
  const Value = JSON.stringify(envelope);
  const Tier = 'Intelligent-Tiering';
  await ssm.send(new PutParameterCommand({ Name: parameters.envelope, Type: 'String', Value, Tier }));
}

/** A service's initial document in Parameter Store. */
export function mappingDocument(
  service: WorldService,
  targetGroupArns: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const [only, ...others] = service.targetGroups.map((name) => ({ arn: targetGroupArns[name] }));
  const groups = others.length === 0 ? { targetGroupArn: only?.arn } : { targetGroups: [only, ...others] };
  return { ...service.mapping, containerName: service.name, ...groups };
}

/** For a service with one target group. */
function wakeKeys({ name, targetGroups, wakes }: WorldService, ruleArns: Readonly<Record<string, string>>) {
  if (!wakes) return {};
  return { listenerRuleArn: ruleArns[targetGroups[0] ?? ''], wake: { paths: [`/api/${name}`], title: name } };
}

async function makeFunction(
  { lambda, logs }: WorldClients,
  clusters: readonly string[],
  options: SeedOptions,
): Promise<string> {
  // As in a deployment by Terraform, the log group exists before the first invocation.
  await logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${functionName}` }));
  const made = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: functionName,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/start-engines-lambda-role-dev',
      Architectures: ['arm64'],
      Timeout: options.timeoutSeconds ?? 60,
      MemorySize: 256,
      Code: { ZipFile: readFileSync(bundlePath) },
      Publish: true,
      Environment: {
        Variables: {
          PARAMETER_PATH: parameterPath,
          CLUSTERS: clusters.join(','),
          CONFIG_TTL_SECONDS: String(options.configTtlSeconds ?? 30),
          EVENT_BUS_NAME: (options.eventPath ?? true) ? 'default' : '',
          POWERTOOLS_SERVICE_NAME: 'start-engines',
          POWERTOOLS_METRICS_NAMESPACE: 'StartEngines',
          ...options.environment,
        },
      },
    }),
  );
  const alias = await lambda.send(
    new CreateAliasCommand({ FunctionName: functionName, Name: 'live', FunctionVersion: made.Version }),
  );
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: functionName,
      Qualifier: 'live',
      MaximumRetryAttempts: 2,
      DestinationConfig: {
        OnFailure: { Destination: 'arn:aws:sqs:us-east-2:123456789012:start-engines-failures-dev' },
      },
    }),
  );
  return alias.AliasArn ?? '';
}

type Patterns = Readonly<Record<string, unknown>>;

/** The rules of a deployment, each with the function as its only target. */
async function makeRules({ events }: WorldClients, functionArn: string, patterns: Patterns): Promise<void> {
  for (const [name, pattern] of Object.entries(patterns)) {
    const Name = `start-engines-${name}-dev`;
    await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern) }));
    await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'function', Arn: functionArn }] }));
  }
}

function rulePatterns(clusterArns: readonly string[], eventPath: boolean, isWoken: boolean): Patterns {
  const source = [{ 'anything-but': { prefix: 'aws.' } }];
  const asked = {
    start: { source, 'detail-type': [operationTriggers.start.detailType] },
    stop: { source, 'detail-type': [operationTriggers.stop.detailType] },
    restart: { source, 'detail-type': [operationTriggers.restart.detailType] },
  };
  const { wake } = operationTriggers;
  const woken = { wake: { source: [wake.source], 'detail-type': [wake.detailType] } };
  if (isWoken) Object.assign(asked, woken);
  return eventPath ? { ...asked, 'task-state': taskStatePattern(clusterArns) } : asked;
}

/** Other changes do not matter: a running task is registered, and the target of a stopping task is removed. */
function taskStatePattern(clusterArns: readonly string[]): unknown {
  return {
    source: [operationTriggers.taskChange.source],
    'detail-type': [operationTriggers.taskChange.detailType],
    detail: {
      clusterArn: clusterArns,
      startedBy: [{ prefix: `${ownerPrefix}dev/` }],
      $or: [{ lastStatus: ['RUNNING'] }, { desiredStatus: ['STOPPED'] }],
    },
  };
}
