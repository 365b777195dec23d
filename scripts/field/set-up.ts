import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateClusterCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { AddPermissionCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import type { FieldResources, GroupName, ProbeClients } from './probes/world.ts';

/** The network in which an emulator runs tasks and the load balancer. */
export interface Network {
  readonly vpcId: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}

export interface SetUpOptions {
  readonly prefix: string;
  readonly network: Network;
  /** The URL of the load balancer of this name. */
  readonly urlOf: (loadBalancerName: string) => Promise<string>;
  /** False for an emulator that runs no functions. Default true. */
  readonly hasFunctions?: boolean;
}

/**
 * Creates through the SDK what `scripts/field/terraform` creates in an account, except for the network and the roles: the sandbox
 * has neither internet gateways nor IAM, and assumes that the network exists.
 */
export async function setUp(clients: ProbeClients, options: SetUpOptions): Promise<FieldResources> {
  const { prefix, network, hasFunctions = true } = options;
  const { subnets, securityGroup } = network;
  const { cluster } = await clients.ecs.send(new CreateClusterCommand({ clusterName: prefix }));
  await registerTask(clients, `${prefix}-web`, 'public.ecr.aws/nginx/nginx:stable-alpine');
  await registerTask(clients, `${prefix}-unpullable`, 'public.ecr.aws/nginx/nginx:missing');
  const groups = await makeGroups(clients, options);
  const functionArn = hasFunctions ? await makeFunction(clients, prefix, groups.function) : undefined;
  const { listenerArn, switchRuleArn } = await makeListener(clients, prefix, network, groups);
  if (functionArn !== undefined) await makeRules(clients, prefix, cluster?.clusterArn ?? '', functionArn);
  return {
    prefix,
    cluster: prefix,
    taskDefinition: `${prefix}-web`,
    unpullable: `${prefix}-unpullable`,
    subnets,
    securityGroup,
    assignPublicIp: 'DISABLED',
    listenerArn,
    url: await options.urlOf(prefix),
    groups,
    switchRuleArn,
    functionName: prefix,
  };
}

async function registerTask({ ecs }: ProbeClients, family: string, image: string): Promise<void> {
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        { name: 'web', image, memory: 256, essential: true, portMappings: [{ containerPort: 80 }] },
      ],
    }),
  );
}

const groupNames: readonly GroupName[] = ['healthy', 'weightless', 'failing', 'empty', 'unused', 'function'];

async function makeGroups(
  { elb }: ProbeClients,
  { prefix, network }: SetUpOptions,
): Promise<Record<GroupName, string>> {
  const arns = {} as Record<GroupName, string>;
  for (const name of groupNames) {
    const checks = {
      Protocol: 'HTTP',
      Port: 80,
      VpcId: network.vpcId,
      HealthCheckPath: '/',
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: name === 'failing' ? '299' : '200' },
    } as const;
    const own = name === 'function' ? ({ TargetType: 'lambda' } as const) : ({ TargetType: 'ip', ...checks } as const);
    const made = await elb.send(new CreateTargetGroupCommand({ Name: `${prefix}-${name}`, ...own }));
    const TargetGroupArn = made.TargetGroups?.[0]?.TargetGroupArn ?? '';
    arns[name] = TargetGroupArn;
    if (name === 'function') continue;
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }];
    await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  }
  return arns;
}

async function makeFunction({ elb, lambda, logs }: ProbeClients, prefix: string, groupArn: string): Promise<string> {
  await logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${prefix}` }));
  const source = readFileSync(fileURLToPath(new URL('./function/index.mjs', import.meta.url)), 'utf8');
  const { FunctionArn = '' } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: prefix,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      // The sandbox needs no such role.
      Role: `arn:aws:iam::123456789012:role/${prefix}-function`,
      Timeout: 120,
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(source) }) },
    }),
  );
  const permit = (StatementId: string, Principal: string, SourceArn?: string) =>
    lambda.send(
      new AddPermissionCommand({
        FunctionName: prefix,
        StatementId,
        Principal,
        Action: 'lambda:InvokeFunction',
        ...(SourceArn === undefined ? {} : { SourceArn }),
      }),
    );
  await permit('load-balancer', 'elasticloadbalancing.amazonaws.com', groupArn);
  await permit('events', 'events.amazonaws.com');
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn: groupArn, Targets: [{ Id: FunctionArn }] }));
  return FunctionArn;
}

async function makeListener(
  { elb }: ProbeClients,
  prefix: string,
  network: Network,
  groups: Record<GroupName, string>,
) {
  const { LoadBalancers: [balancer] = [] } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: prefix,
      Scheme: 'internal',
      Subnets: [...network.subnets],
      SecurityGroups: [network.securityGroup],
    }),
  );
  const { Listeners: [listener] = [] } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [fixed('404')],
    }),
  );
  const listenerArn = listener?.ListenerArn ?? '';
  let Priority = 0;
  const makeRule = async (path: string, action: Action) => {
    Priority += 1;
    const Conditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }];
    const made = await elb.send(
      new CreateRuleCommand({ ListenerArn: listenerArn, Priority, Conditions, Actions: [action] }),
    );
    return made.Rules?.[0]?.RuleArn ?? '';
  };
  for (const name of ['healthy', 'failing', 'empty'] as const) await makeRule(`/${name}`, forward([groups[name], 1]));
  await makeRule('/weightless', forward([groups.weightless, 0], [groups.empty, 1]));
  await makeRule('/function/*', forward([groups.function, 1]));
  await makeRule('/fixed/*', fixed('202'));
  await makeRule('/fixed/*', fixed('203'));
  const switchRuleArn = await makeRule('/switch', forward([groups.empty, 1], [groups.function, 0]));
  return { listenerArn, switchRuleArn };
}

function fixed(StatusCode: string): Action {
  return {
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode, ContentType: 'text/plain', MessageBody: 'field test' },
  };
}

function forward(...groups: readonly (readonly [arn: string, weight: number])[]): Action {
  const TargetGroups = groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
  return { Type: 'forward', ForwardConfig: { TargetGroups } };
}

async function makeRules(
  { events }: ProbeClients,
  prefix: string,
  clusterArn: string,
  functionArn: string,
): Promise<void> {
  const patterns = {
    own: { source: [prefix] },
    tasks: { source: ['aws.ecs'], 'detail-type': ['ECS Task State Change'], detail: { clusterArn: [clusterArn] } },
  };
  for (const [name, pattern] of Object.entries(patterns)) {
    await events.send(new PutRuleCommand({ Name: `${prefix}-${name}`, EventPattern: JSON.stringify(pattern) }));
    await events.send(
      new PutTargetsCommand({ Rule: `${prefix}-${name}`, Targets: [{ Id: 'function', Arn: functionArn }] }),
    );
  }
}
