import { readFileSync } from 'node:fs';
import { CreateClusterCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateAliasCommand, CreateFunctionCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Sandbox } from '@start-engines/sandbox';
import type { WorldClients } from '../../../scripts/world/clients.ts';
import { bundlePath } from '../../../scripts/world/seed-world.ts';
import { type Deployment, mappingDocuments } from './deployment.ts';
import { rebuildLoadBalancer } from './rebuild-load-balancer.ts';

/**
 * Rebuilds the deployed resources in an empty sandbox, using only what the APIs returned: names, ARNs and IDs are identical.
 * Clusters and task definitions are created here because Terraform creates neither. They use the roles of
 * `environments/*.tfvars`.
 *
 * @returns the SHA-256 of the function's code, in base64
 */
export async function rebuildWorld(sandbox: Sandbox, clients: WorldClients, deployment: Deployment): Promise<string> {
  const { Variables } = deployment.function.configuration.Environment;
  for (const clusterName of (Variables.CLUSTERS ?? '').split(',')) {
    const capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
    await clients.ecs.send(new CreateClusterCommand({ clusterName, capacityProviders }));
  }
  for (const [name, { taskDefinition, port }] of mappingDocuments(deployment)) {
    if (!name.startsWith('services/')) continue;
    const [family = ''] = String(taskDefinition)
      .replace(/^arn:.*\//, '')
      .split(':');
    await registerTaskDefinition(clients, name.slice('services/'.length), family, Number(port));
  }
  await rebuildLoadBalancer(sandbox, clients, deployment);
  for (const { Name, Type, Value } of deployment.parameters) {
    await clients.ssm.send(new PutParameterCommand({ Name, Type, Value }));
  }
  const codeSha256 = await rebuildFunction(clients, deployment);
  await rebuildRules(clients, deployment);
  return codeSha256;
}

async function registerTaskDefinition({ ecs }: WorldClients, service: string, family: string, port: number) {
  const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      executionRoleArn: roleArn('ecs-task-execution'),
      taskRoleArn: roleArn(`${service}-task`),
      containerDefinitions: [
        {
          name: service,
          image: 'public.ecr.aws/start-engines/engine:1',
          essential: true,
          portMappings: [{ containerPort: port }],
          environment: [{ name: 'SERVICE_NAME', value: service }],
        },
      ],
    }),
  );
}

/** The function with the configuration of the alias and the built zip. */
async function rebuildFunction({ lambda }: WorldClients, deployment: Deployment): Promise<string> {
  const { configuration, invokeConfig } = deployment.function;
  const { FunctionName, Runtime, Role, Handler, Timeout, MemorySize, Architectures, Environment } = configuration;
  const made = await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: Runtime as 'nodejs22.x',
      Role,
      Handler,
      Timeout,
      MemorySize,
      Architectures: [...Architectures] as 'arm64'[],
      Environment,
      Code: { ZipFile: readFileSync(bundlePath) },
      Publish: true,
    }),
  );
  const live = { FunctionName, Name: 'live', FunctionVersion: made.Version };
  await lambda.send(new CreateAliasCommand(live));
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = invokeConfig;
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName,
      Qualifier: 'live',
      MaximumRetryAttempts,
      MaximumEventAgeInSeconds,
      DestinationConfig,
    }),
  );
  return made.CodeSha256 ?? '';
}

async function rebuildRules({ events }: WorldClients, deployment: Deployment): Promise<void> {
  for (const { Name, EventBusName, EventPattern, State, targets } of deployment.rules) {
    await events.send(new PutRuleCommand({ Name, EventBusName, EventPattern, State }));
    await events.send(new PutTargetsCommand({ Rule: Name, EventBusName, Targets: [...targets] }));
  }
}
