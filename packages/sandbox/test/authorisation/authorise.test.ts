import { CreateClusterCommand, ECSClient, StopTaskCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Authorise, quickDurations, type Sandbox, startSandbox } from '../../src/index.ts';

const enginesRole = 'arn:aws:iam::123456789012:role/team/engines-role';
const queue = 'arn:aws:sqs:us-east-2:123456789012:failed';
const enginesSession = 'User: arn:aws:sts::123456789012:assumed-role/engines-role/engines';

/** The role's permissions. An action with the prefix `!` is explicitly denied. */
let policy: string[];
const authorise: Authorise = ({ action, roleArn }) => {
  if (roleArn !== enginesRole) throw new Error(`unknown role ${roleArn}`);
  if (policy.includes(`!${action}`)) return { effect: 'explicit-deny', statements: [`no ${action}`] };
  return policy.includes(action)
    ? { effect: 'allow', statements: [`yes ${action}`] }
    : { effect: 'implicit-deny', statements: [] };
};

describe('a sandbox with authorisation', () => {
  let sandbox: Sandbox;
  let clients: readonly { destroy(): void }[];
  beforeEach(async () => {
    policy = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    sandbox = await startSandbox({ durations: { ...quickDurations, asynchronousRetryMs: [1, 1] }, authorise, seed: 5 });
    clients = [];
    const source = 'export const handler = async (event) => { if (event.fail) throw new Error("down"); };';
    await as('OPERATOR', LambdaClient).send(
      new CreateFunctionCommand({
        FunctionName: 'engines',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: enginesRole,
        Code: { ZipFile: zipSync({ 'index.mjs': strToU8(source) }) },
      }),
    );
    await sandbox.lambda.prewarm('engines', 1);
  });
  afterEach(async () => {
    for (const client of clients) client.destroy();
    await sandbox.close();
  });

  /** A client with the access key of the function's process or of an operator. */
  function as<Client extends { destroy(): void }>(
    caller: 'SANDBOXLAMBDA1' | 'OPERATOR',
    Service: new (settings: object) => Client,
  ) {
    const { endpoint, region } = sandbox;
    const credentials = { accessKeyId: caller, secretAccessKey: 'secret' };
    const client = new Service({ endpoint, region, credentials, maxAttempts: 1 });
    clients = [...clients, client];
    return client;
  }
  const failing = (call: Promise<unknown>) =>
    call.then(
      () => 'nothing failed',
      (error: { name: string; message: string; $metadata: { httpStatusCode: number } }) => [
        error.name,
        error.$metadata.httpStatusCode,
        error.message,
      ],
    );

  it('denies a call that no statement allows, with the error of each protocol', async () => {
    const task = '0'.repeat(32);
    const arn = `arn:aws:ecs:us-east-2:123456789012:task/dev/${task}`;
    expect(await failing(as('SANDBOXLAMBDA1', ECSClient).send(new StopTaskCommand({ cluster: 'dev', task })))).toEqual([
      'AccessDeniedException',
      400,
      `${enginesSession} is not authorized to perform: ecs:StopTask on resource: ${arn} because no identity-based policy allows the ecs:StopTask action`,
    ]);
    const health = new DescribeTargetHealthCommand({ TargetGroupArn: 'arn:a' });
    expect(await failing(as('SANDBOXLAMBDA1', ElasticLoadBalancingV2Client).send(health))).toEqual([
      'AccessDenied',
      403,
      `${enginesSession} is not authorized to perform: elasticloadbalancing:DescribeTargetHealth because no identity-based policy allows the elasticloadbalancing:DescribeTargetHealth action`,
    ]);
    expect(
      await failing(as('SANDBOXLAMBDA1', LambdaClient).send(new InvokeCommand({ FunctionName: 'engines:live' }))),
    ).toEqual([
      'AccessDeniedException',
      403,
      `${enginesSession} is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-2:123456789012:function:engines:live because no identity-based policy allows the lambda:InvokeFunction action`,
    ]);
  });

  it('reports an explicit deny', async () => {
    policy.push('!ssm:GetParameters');
    const call = as('SANDBOXLAMBDA1', SSMClient).send(new GetParametersCommand({ Names: ['/a'] }));
    expect((await failing(call))[2]).toBe(
      `${enginesSession} is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:us-east-2:123456789012:parameter/a with an explicit deny in an identity-based policy`,
    );
  });

  it('prevents denied calls, and records them with the decision', async () => {
    policy.push('ssm:GetParameters');
    const ssm = as('SANDBOXLAMBDA1', SSMClient);
    await failing(ssm.send(new PutParameterCommand({ Name: '/a', Value: 'x', Type: 'String' })));
    const { InvalidParameters } = await ssm.send(new GetParametersCommand({ Names: ['/a'] }));
    expect(InvalidParameters).toEqual(['/a']);
    const calls = sandbox.calls.list({ service: 'ssm' });
    expect(calls.map(({ operation, error, authorisations }) => [operation, error?.code, authorisations])).toMatchObject(
      [
        ['PutParameter', 'AccessDeniedException', [{ action: 'ssm:PutParameter', effect: 'implicit-deny' }]],
        ['GetParameters', undefined, [{ effect: 'allow', statements: ['yes ssm:GetParameters'] }]],
      ],
    );
    expect(sandbox.authorisations().map(({ action }) => action)).toEqual(['ssm:PutParameter', 'ssm:GetParameters']);
  });

  it('authorises only the calls of functions', async () => {
    await as('OPERATOR', ECSClient).send(new CreateClusterCommand({ clusterName: 'dev' }));
    expect(sandbox.authorisations()).toEqual([]);
  });

  it('requires every permission of a call', async () => {
    const entries = [{ Source: 's', DetailType: 't', Detail: '{}' }];
    expect(
      (await failing(as('SANDBOXLAMBDA1', EventBridgeClient).send(new PutEventsCommand({ Entries: entries }))))[0],
    ).toBe('AccessDeniedException');
    policy.push('events:PutEvents');
    const reply = await as('SANDBOXLAMBDA1', EventBridgeClient).send(
      new PutEventsCommand({ Entries: [...entries, { ...entries[0], EventBusName: 'other' }] }),
    );
    expect(reply.FailedEntryCount).toBe(0);
    expect(sandbox.authorisations().map(({ resource }) => resource.split('/')[1])).toEqual([
      'default',
      'default',
      'other',
    ]);
  });

  it('runs a function whose role may not write logs, without a log', async () => {
    policy = [];
    await as('OPERATOR', LambdaClient).send(new InvokeCommand({ FunctionName: 'engines', Payload: '{}' }));
    expect(sandbox.lambda.logs('engines')).toEqual([]);
    policy = ['logs:PutLogEvents', 'logs:CreateLogStream'];
    await as('OPERATOR', LambdaClient).send(new InvokeCommand({ FunctionName: 'engines', Payload: '{}' }));
    expect(sandbox.lambda.logs('engines')).not.toEqual([]);
  });

  it('sends no record to an on-failure destination without permission', async () => {
    await as('OPERATOR', LambdaClient).send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: 'engines',
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: queue } },
      }),
    );
    const fail = async () => {
      sandbox.lambda.invokeAsync('engines', '{"fail":true}');
      await expect.poll(() => sandbox.lambda.pendingEvents(), { timeout: 30_000 }).toBe(0);
    };
    await fail();
    policy.push('sqs:SendMessage');
    await fail();
    expect(sandbox.lambda.onFailureRecords().map(({ destinationArn, denied }) => [destinationArn, denied])).toEqual([
      [queue, true],
      [queue, undefined],
    ]);
  });
});
