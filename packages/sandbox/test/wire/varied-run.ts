import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as events from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';
import * as ssm from '@aws-sdk/client-ssm';
import { strToU8, zipSync } from 'fflate';
import { vi } from 'vitest';
import type { Sandbox } from '../../src/index.ts';
import { useLoadBalancers } from './varied-load-balancers.ts';
import { useNetwork } from './varied-network.ts';

/** The settings of an SDK client for the sandbox. */
export function clientConfiguration({ endpoint, region }: Sandbox) {
  return { endpoint, region, credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' }, maxAttempts: 1 };
}

/** Calls every operation of the sandbox through the SDK for JavaScript, with many failures. */
export async function makeVariedRun(sandbox: Sandbox): Promise<void> {
  await useParameters(sandbox);
  const functionArn = await useFunctions(sandbox);
  await useLogs(sandbox);
  await useEvents(sandbox, functionArn);
  const { taskArn, ip } = await useTasks(sandbox);
  await useLoadBalancers(clientConfiguration(sandbox), failing, ip);
  await useNetwork(clientConfiguration(sandbox), failing);
  await useMetrics(sandbox);
  await endTasks(sandbox, taskArn);
  await meetFaults(sandbox);
}

/** The name of the error that a call must fail with. */
async function failing(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return (error as Error).name;
  }
  throw new Error('the call should have failed');
}

async function useParameters(sandbox: Sandbox): Promise<void> {
  const client = new ssm.SSMClient(clientConfiguration(sandbox));
  const put = (Name: string, more: Partial<ssm.PutParameterCommandInput> = {}) =>
    client.send(new ssm.PutParameterCommand({ Name, Value: '{"port":8080}', Type: 'String', ...more }));
  for (let index = 0; index < 12; index += 1) await put(`/app/services/${index}`);
  await put('/app/services/0', { Overwrite: true, Description: 'second', Tier: 'Advanced' });
  await put('/app/secret', { Type: 'SecureString', Tags: [{ Key: 'a', Value: 'b' }] });
  await failing(put('/app/secret'));
  await failing(put('/app/large', { Value: 'x'.repeat(5000) }));
  await failing(put(`${'/a'.repeat(16)}`));
  await client.send(new ssm.GetParameterCommand({ Name: '/app/services/0:1' }));
  await failing(client.send(new ssm.GetParameterCommand({ Name: '/app/services/0:9' })));
  await failing(client.send(new ssm.GetParameterCommand({ Name: '/app/none' })));
  await client.send(new ssm.GetParametersCommand({ Names: ['/app/secret', '/app/none'], WithDecryption: true }));
  const byPath = new ssm.GetParametersByPathCommand({ Path: '/app', Recursive: true });
  const page = await client.send(byPath);
  await client.send(new ssm.GetParametersByPathCommand({ ...byPath.input, NextToken: page.NextToken }));
  await failing(client.send(new ssm.GetParametersByPathCommand({ Path: '/app', NextToken: 'foreign' })));
  await client.send(new ssm.GetParameterHistoryCommand({ Name: '/app/services/0', MaxResults: 1 }));
  await client.send(new ssm.DescribeParametersCommand({ MaxResults: 3 }));
  await client.send(new ssm.DeleteParameterCommand({ Name: '/app/secret' }));
  await failing(client.send(new ssm.DeleteParameterCommand({ Name: '/app/secret' })));
  await client.send(new ssm.DeleteParametersCommand({ Names: ['/app/services/1', '/app/none'] }));
  client.destroy();
}

async function useFunctions(sandbox: Sandbox): Promise<string> {
  const client = new lambda.LambdaClient(clientConfiguration(sandbox));
  const FunctionName = 'echo';
  const source = `export const handler = async (event) => { if (event.fail) throw new Error('no'); return event; };`;
  const ZipFile = zipSync({ 'index.mjs': strToU8(source) });
  const create = new lambda.CreateFunctionCommand({
    FunctionName,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: 'arn:aws:iam::123456789012:role/echo',
    Code: { ZipFile },
    Timeout: 10,
    MemorySize: 256,
    Architectures: ['arm64'],
    Environment: { Variables: { PARAMETER_PATH: '/app' } },
    LoggingConfig: { LogFormat: 'JSON' },
  });
  const { FunctionArn } = await client.send(create);
  await failing(client.send(create));
  await client.send(new lambda.GetFunctionCommand({ FunctionName }));
  await failing(client.send(new lambda.GetFunctionCommand({ FunctionName: 'nosuch' })));
  await client.send(new lambda.GetFunctionConfigurationCommand({ FunctionName }));
  await client.send(new lambda.UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 20 }));
  await client.send(new lambda.UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
  const OnFailure = { Destination: 'arn:aws:sqs:us-east-2:123456789012:failed' };
  const config = { FunctionName, MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 };
  await client.send(new lambda.PutFunctionEventInvokeConfigCommand({ ...config, DestinationConfig: { OnFailure } }));
  await client.send(new lambda.UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 0 }));
  await client.send(new lambda.GetFunctionEventInvokeConfigCommand({ FunctionName }));
  await useAlias(client, FunctionName);
  await client.send(new lambda.InvokeCommand({ FunctionName, Payload: '{"a":"ä"}', LogType: 'Tail' }));
  await client.send(new lambda.InvokeCommand({ FunctionName, Payload: '{"fail":true}' }));
  await client.send(new lambda.InvokeCommand({ FunctionName, Payload: '{}', InvocationType: 'Event' }));
  await client.send(new lambda.InvokeCommand({ FunctionName, InvocationType: 'DryRun' }));
  await failing(client.send(new lambda.InvokeCommand({ FunctionName: 'nosuch' })));
  await client.send(new lambda.DeleteFunctionEventInvokeConfigCommand({ FunctionName }));
  const reserve = new lambda.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 });
  await client.send(reserve);
  await client.send(new lambda.GetFunctionConcurrencyCommand({ FunctionName }));
  await failing(client.send(new lambda.InvokeCommand({ FunctionName, Payload: '{}' })));
  await client.send(new lambda.DeleteFunctionConcurrencyCommand({ FunctionName }));
  await client.send(new lambda.CreateFunctionCommand({ ...create.input, FunctionName: 'short-lived' }));
  await client.send(new lambda.ListFunctionsCommand({ MaxItems: 1 }));
  await client.send(new lambda.DeleteFunctionCommand({ FunctionName: 'short-lived' }));
  client.destroy();
  return FunctionArn ?? '';
}

async function useMetrics(sandbox: Sandbox): Promise<void> {
  const client = new cloudWatch.CloudWatchClient(clientConfiguration(sandbox));
  const Metric = { Namespace: 'Orders', MetricName: 'Placed', Dimensions: [{ Name: 'Shop', Value: 'one' }] };
  const datum = { MetricName: 'Placed', Dimensions: Metric.Dimensions, Unit: 'Count' } as const;
  const MetricData = [
    { ...datum, Value: 3 },
    { ...datum, Values: [1, 2], Counts: [2, 1] },
  ];
  await client.send(new cloudWatch.PutMetricDataCommand({ Namespace: 'Orders', MetricData }));
  await failing(client.send(new cloudWatch.PutMetricDataCommand({ Namespace: 'AWS/ECS', MetricData })));
  const now = Math.floor(sandbox.clock.now() / 1_000) * 1_000;
  const read = (Id: string, more: Partial<cloudWatch.GetMetricDataCommandInput> = {}) =>
    client.send(
      new cloudWatch.GetMetricDataCommand({
        MetricDataQueries: [{ Id, MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
        StartTime: new Date(now - 600_000),
        EndTime: new Date(now + 60_000),
        ...more,
      }),
    );
  await read('placed', { ScanBy: 'TimestampAscending', MaxDatapoints: 1 });
  await failing(read('Placed'));
  await failing(read('placed', { EndTime: new Date(now - 900_000) }));
  client.destroy();
}

async function useLogs(sandbox: Sandbox): Promise<void> {
  const client = new logs.CloudWatchLogsClient(clientConfiguration(sandbox));
  const logGroupName = '/aws/lambda/echo';
  await failing(client.send(new logs.CreateLogGroupCommand({ logGroupName })));
  await client.send(new logs.CreateLogGroupCommand({ logGroupName: '/other', tags: { a: 'b' } }));
  await client.send(new logs.DescribeLogGroupsCommand({ limit: 1 }));
  await client.send(new logs.DescribeLogGroupsCommand({ limit: 1, nextToken: 'page:1', logGroupNamePrefix: '/' }));
  const newest = { orderBy: 'LastEventTime', descending: true, limit: 2 } as const;
  await client.send(new logs.DescribeLogStreamsCommand({ logGroupName, ...newest }));
  const window = { startTime: 0, endTime: sandbox.clock.now() + 60_000 };
  await client.send(new logs.FilterLogEventsCommand({ logGroupName, filterPattern: '"REPORT"', limit: 1, ...window }));
  await failing(client.send(new logs.FilterLogEventsCommand({ logGroupName, filterPattern: '{ $.a = 1 }' })));
  await failing(client.send(new logs.FilterLogEventsCommand({ logGroupName: '/nosuch' })));
  await client.send(new logs.DeleteLogGroupCommand({ logGroupName: '/other' }));
  client.destroy();
}

async function useAlias(client: lambda.LambdaClient, FunctionName: string): Promise<void> {
  const version = await client.send(new lambda.PublishVersionCommand({ FunctionName, Description: 'first' }));
  await failing(client.send(new lambda.PublishVersionCommand({ FunctionName, CodeSha256: 'other' })));
  await client.send(new lambda.ListVersionsByFunctionCommand({ FunctionName }));
  const alias = { FunctionName, Name: 'live', FunctionVersion: version.Version };
  await client.send(new lambda.CreateAliasCommand(alias));
  await failing(client.send(new lambda.CreateAliasCommand(alias)));
  await client.send(new lambda.GetAliasCommand({ FunctionName, Name: 'live' }));
  await failing(client.send(new lambda.GetAliasCommand({ FunctionName, Name: 'nosuch' })));
  await client.send(new lambda.UpdateAliasCommand({ ...alias, Description: 'what all callers invoke' }));
  await client.send(new lambda.ListAliasesCommand({ FunctionName }));
  await client.send(new lambda.GetFunctionConfigurationCommand({ FunctionName, Qualifier: 'live' }));
  await client.send(new lambda.InvokeCommand({ FunctionName: `${FunctionName}:live`, Payload: '{}' }));
  await usePolicy(client, FunctionName);
  await failing(client.send(new lambda.DeleteFunctionCommand({ FunctionName, Qualifier: version.Version })));
  await client.send(new lambda.DeleteAliasCommand({ FunctionName, Name: 'live' }));
}

async function usePolicy(client: lambda.LambdaClient, FunctionName: string): Promise<void> {
  const live = { FunctionName, Qualifier: 'live' };
  await failing(client.send(new lambda.GetPolicyCommand(live)));
  const permission = new lambda.AddPermissionCommand({
    ...live,
    StatementId: 'load-balancer',
    Action: 'lambda:InvokeFunction',
    Principal: 'elasticloadbalancing.amazonaws.com',
    SourceArn: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/functions/*',
  });
  await client.send(permission);
  await failing(client.send(permission));
  await client.send(new lambda.GetPolicyCommand(live));
  await client.send(new lambda.RemovePermissionCommand({ ...live, StatementId: 'load-balancer' }));
  await failing(client.send(new lambda.RemovePermissionCommand({ ...live, StatementId: 'load-balancer' })));
}

async function useEvents(sandbox: Sandbox, functionArn: string): Promise<void> {
  const client = new events.EventBridgeClient(clientConfiguration(sandbox));
  const Name = 'start';
  await client.send(new events.CreateEventBusCommand({ Name: 'other' }));
  await failing(client.send(new events.CreateEventBusCommand({ Name: 'other' })));
  await client.send(new events.DescribeEventBusCommand({}));
  await client.send(new events.ListEventBusesCommand({ Limit: 1 }));
  const EventPattern = '{"source":["custom.app"]}';
  await client.send(new events.PutRuleCommand({ Name, EventPattern, Description: 'starts' }));
  await failing(client.send(new events.PutRuleCommand({ Name, EventPattern: '{"source":"custom.app"}' })));
  await client.send(new events.DescribeRuleCommand({ Name }));
  await failing(client.send(new events.DescribeRuleCommand({ Name: 'nothing' })));
  await client.send(new events.ListRulesCommand({}));
  const target: events.Target = {
    Id: 'lambda',
    Arn: functionArn,
    DeadLetterConfig: { Arn: 'arn:aws:sqs:us-east-2:123456789012:dead' },
    RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 },
  };
  const second: events.Target = {
    Id: 'second',
    Arn: functionArn,
    InputTransformer: { InputPathsMap: { name: '$.detail.service' }, InputTemplate: '{"service":<name>}' },
  };
  await client.send(new events.PutTargetsCommand({ Rule: Name, Targets: [target, second] }));
  await client.send(new events.ListTargetsByRuleCommand({ Rule: Name, Limit: 1 }));
  const Event = JSON.stringify({ ...Object.fromEntries(envelope), source: 'custom.app', detail: {} });
  await client.send(new events.TestEventPatternCommand({ EventPattern, Event }));
  const entry = { Source: 'custom.app', DetailType: 'Start ECS Task', Detail: '{"service":"auth"}' };
  const Time = new Date('2026-01-02T03:04:05Z');
  const Entries = [
    { ...entry, Time, Resources: ['arn:a'] },
    { ...entry, Detail: '[' },
  ];
  await client.send(new events.PutEventsCommand({ Entries }));
  await client.send(new events.DisableRuleCommand({ Name }));
  await client.send(new events.EnableRuleCommand({ Name }));
  await failing(client.send(new events.DeleteRuleCommand({ Name })));
  await client.send(new events.RemoveTargetsCommand({ Rule: Name, Ids: ['lambda', 'second', 'nosuch'] }));
  await client.send(new events.DeleteRuleCommand({ Name }));
  client.destroy();
}

const envelope = ['id', 'account', 'time', 'region', 'resources', 'detail-type'].map((name) => [name, name]);

const cluster = 'dev';

async function useTasks(sandbox: Sandbox): Promise<{ taskArn: string; ip: string }> {
  const client = new ecs.ECSClient(clientConfiguration(sandbox));
  await client.send(new ecs.CreateClusterCommand({ clusterName: cluster, tags: [{ key: 'a', value: 'b' }] }));
  await client.send(new ecs.CreateClusterCommand({ clusterName: 'short-lived' }));
  await client.send(new ecs.DescribeClustersCommand({ clusters: [cluster, 'nosuch'], include: ['TAGS'] }));
  await client.send(new ecs.DeleteClusterCommand({ cluster: 'short-lived' }));
  const define = new ecs.RegisterTaskDefinitionCommand({
    family: 'auth',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      { name: 'auth', image: 'auth:1', essential: true, portMappings: [{ containerPort: 8080, protocol: 'tcp' }] },
    ],
  });
  await client.send(define);
  await client.send(define);
  await failing(client.send(new ecs.RegisterTaskDefinitionCommand({ ...define.input, containerDefinitions: [] })));
  await client.send(new ecs.DescribeTaskDefinitionCommand({ taskDefinition: 'auth', include: ['TAGS'] }));
  await client.send(new ecs.DeregisterTaskDefinitionCommand({ taskDefinition: 'auth:1' }));
  const run = new ecs.RunTaskCommand({
    cluster,
    taskDefinition: 'auth',
    launchType: 'FARGATE',
    clientToken: 'token-1',
    startedBy: 'start-engines/dev/auth',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-1'] } },
    overrides: { containerOverrides: [{ name: 'auth', environment: [{ name: 'A', value: 'b' }] }] },
    tags: [{ key: 'start-engines:service', value: 'auth' }],
    propagateTags: 'TASK_DEFINITION',
    enableECSManagedTags: true,
    platformVersion: 'LATEST',
  });
  const { tasks } = await client.send(run);
  await client.send(run);
  await failing(client.send(new ecs.RunTaskCommand({ ...run.input, count: 2 })));
  await failing(client.send(new ecs.RunTaskCommand({ ...run.input, cluster: 'nosuch' })));
  const taskArn = tasks?.[0]?.taskArn ?? '';
  const describe = new ecs.DescribeTasksCommand({ cluster, tasks: [taskArn], include: ['TAGS'] });
  const ip = await vi.waitFor(async () => {
    const [task] = (await client.send(describe)).tasks ?? [];
    if (task?.lastStatus !== 'RUNNING') throw new Error(`the task is ${task?.lastStatus}`);
    return task.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address ?? '';
  }, 20_000);
  await client.send(new ecs.ListTasksCommand({ cluster, startedBy: 'start-engines/dev/auth' }));
  await client.send(new ecs.ListTasksCommand({ cluster, desiredStatus: 'STOPPED', maxResults: 1 }));
  const retire = [{ key: 'start-engines:retire', value: '2026-01-02T03:04:05Z' }];
  await client.send(new ecs.TagResourceCommand({ resourceArn: taskArn, tags: retire }));
  await client.send(new ecs.ListTagsForResourceCommand({ resourceArn: taskArn }));
  await client.send(new ecs.UntagResourceCommand({ resourceArn: taskArn, tagKeys: ['start-engines:retire'] }));
  client.destroy();
  return { taskArn, ip };
}

async function endTasks(sandbox: Sandbox, taskArn: string): Promise<void> {
  const client = new ecs.ECSClient(clientConfiguration(sandbox));
  const crash = await client.send(
    new ecs.RunTaskCommand({
      cluster,
      taskDefinition: 'auth',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'] } },
    }),
  );
  const extra = crash.tasks?.[0]?.taskArn ?? '';
  await client.send(new ecs.StopTaskCommand({ cluster, task: extra, reason: 'stop@2026-01-02T03:04:05Z' }));
  await failing(client.send(new ecs.StopTaskCommand({ cluster, task: '0'.repeat(32) })));
  await vi.waitFor(async () => {
    const { tasks } = await client.send(new ecs.DescribeTasksCommand({ cluster, tasks: [extra, taskArn] }));
    if (tasks?.find((task) => task.taskArn === extra)?.lastStatus !== 'STOPPED') throw new Error('not yet stopped');
  }, 20_000);
  client.destroy();
}

async function meetFaults(sandbox: Sandbox): Promise<void> {
  const client = new ecs.ECSClient(clientConfiguration(sandbox));
  const network = new EC2Client(clientConfiguration(sandbox));
  const balancers = new elb.ElasticLoadBalancingV2Client(clientConfiguration(sandbox));
  for (const kind of ['throttle', 'server-error', 'access-denied'] as const) {
    sandbox.faults.plant({ service: 'ecs', fault: { kind } });
    await failing(client.send(new ecs.ListTasksCommand({ cluster })));
    sandbox.faults.plant({ service: 'ec2', fault: { kind } });
    await failing(network.send(new DescribeSubnetsCommand({})));
    sandbox.faults.plant({ service: 'elasticloadbalancing', fault: { kind } });
    await failing(balancers.send(new elb.DescribeTargetGroupsCommand({})));
  }
  sandbox.faults.plant({ service: 'ecs', fault: { kind: 'missing' } });
  await client.send(new ecs.DescribeTasksCommand({ cluster, tasks: ['0'.repeat(32)] }));
  client.destroy();
  network.destroy();
  balancers.destroy();
}
