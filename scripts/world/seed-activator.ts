import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AddPermissionCommand, CreateAliasCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { root } from '../tasks.ts';
import type { WorldClients } from './clients.ts';

const activatorName = 'start-engines-activator-dev';
const activatorPath = join(root, 'packages', 'activator', 'dist', 'start-engines-activator.zip');

/**
 * Creates the activator and its target group, as Terraform does for services with `wake`.
 *
 * @returns the ARN of the target group, for the listener rules and the engine
 */
export async function seedActivator(clients: WorldClients, parameterPath: string): Promise<string> {
  const { lambda, elasticLoadBalancing } = clients;
  const { Version } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: activatorName,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/start-engines-activator-role-dev',
      Architectures: ['arm64'],
      Timeout: 29,
      MemorySize: 256,
      Code: { ZipFile: readFileSync(activatorPath) },
      Publish: true,
      Environment: { Variables: { PARAMETER_PATH: parameterPath, EVENT_BUS_NAME: 'default', WORKSPACE: 'dev' } },
    }),
  );
  const alias = { FunctionName: activatorName, Name: 'live', FunctionVersion: Version };
  const { AliasArn } = await lambda.send(new CreateAliasCommand(alias));
  const { TargetGroups = [] } = await elasticLoadBalancing.send(
    new CreateTargetGroupCommand({ Name: activatorName, TargetType: 'lambda' }),
  );
  const TargetGroupArn = TargetGroups[0]?.TargetGroupArn ?? '';
  await elasticLoadBalancing.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn,
      Attributes: [{ Key: 'lambda.multi_value_headers.enabled', Value: 'true' }],
    }),
  );
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: activatorName,
      Qualifier: 'live',
      StatementId: 'load-balancer',
      Action: 'lambda:InvokeFunction',
      Principal: 'elasticloadbalancing.amazonaws.com',
      SourceArn: TargetGroupArn,
    }),
  );
  await elasticLoadBalancing.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: AliasArn }] }));
  return TargetGroupArn;
}
