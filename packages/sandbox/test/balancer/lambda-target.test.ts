import { request } from 'node:http';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/index.ts';
import { zip } from '../lambda/lambda-fixture.ts';

/** Answers with the event, or as its path says. */
const source = `export const handler = async (event) => {
  if (event.path === '/throws') throw new Error('no');
  if (event.path === '/text') return 'not an answer';
  if (event.path === '/large') return { statusCode: 200, body: 'x'.repeat(1048577) };
  const form = event.multiValueHeaders === undefined ? { headers: { 'x-one': '1' } } : { multiValueHeaders: { 'x-one': ['1', '2'] } };
  return { statusCode: 418, statusDescription: "418 I'm a teapot", isBase64Encoded: false, ...form, body: JSON.stringify(event) };
};`;

let sandbox: Sandbox;
let elb: ElasticLoadBalancingV2Client;
let lambda: LambdaClient;
let groupArn = '';
let functionArn = '';

beforeAll(async () => {
  sandbox = await startSandbox({ durations: 'none' });
  const credentials = { accessKeyId: 'TEST', secretAccessKey: 'test' };
  const configuration = { endpoint: sandbox.endpoint, region: sandbox.region, credentials };
  [elb, lambda] = [new ElasticLoadBalancingV2Client(configuration), new LambdaClient(configuration)];
  const made = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'answers',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/answers',
      Code: { ZipFile: zip({ 'index.mjs': source }) },
    }),
  );
  functionArn = made.FunctionArn ?? '';
  const { TargetGroups } = await elb.send(new CreateTargetGroupCommand({ Name: 'answers', TargetType: 'lambda' }));
  groupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  const balancer = new CreateLoadBalancerCommand({
    Name: 'shared',
    Subnets: ['subnet-0a1b2c3d4e5f60718', 'subnet-0b1c2d3e4f5061728'],
  });
  const { LoadBalancers } = await elb.send(balancer);
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: groupArn }],
    }),
  );
}, 60_000);
afterAll(() => sandbox.close());

async function send(path: string, { method = 'GET', headers = {}, body = '' } = {}) {
  const url = `${await sandbox.loadBalancerUrl()}${path}`;
  return new Promise<{ status: string; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const status = `${response.statusCode} ${response.statusMessage}`;
      resolve({ status, headers: response.headers, body: Buffer.concat(chunks).toString() });
    });
    sent.on('error', reject).end(body);
  });
}

describe('a target group with a function', () => {
  it('refuses a function that does not permit the load balancer to invoke it', async () => {
    const register = () =>
      elb.send(new RegisterTargetsCommand({ TargetGroupArn: groupArn, Targets: [{ Id: functionArn }] }));
    await expect(register()).rejects.toMatchObject({ name: 'AccessDenied' });
    const permission = (StatementId: string, SourceArn: string) =>
      new AddPermissionCommand({
        FunctionName: 'answers',
        StatementId,
        Action: 'lambda:InvokeFunction',
        Principal: 'elasticloadbalancing.amazonaws.com',
        SourceArn,
      });
    await lambda.send(permission('another', groupArn.replace('answers', 'questions')));
    await expect(register()).rejects.toMatchObject({ name: 'AccessDenied' });
    await lambda.send(permission('own', groupArn));
    await register();
    const health = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: groupArn }));
    expect(health.TargetHealthDescriptions).toMatchObject([
      { Target: { Id: functionArn }, TargetHealth: { State: 'unavailable', Reason: 'Target.HealthCheckDisabled' } },
    ]);
  });

  it('takes one function, without a port', async () => {
    const second = { TargetGroupArn: groupArn, Targets: [{ Id: `${functionArn}2` }] };
    await expect(elb.send(new RegisterTargetsCommand(second))).rejects.toMatchObject({ name: 'AccessDenied' });
    const withPort = new CreateTargetGroupCommand({ Name: 'port', TargetType: 'lambda', Port: 80 });
    await expect(elb.send(withPort)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('sends the event with single headers, and answers as the function says', async () => {
    const { status, headers, body } = await send('/a%20b?x=1&x=2&y=%C3%A4', {
      method: 'POST',
      headers: { 'X-Custom': 'v', 'content-type': 'text/plain' },
      body: 'hello',
    });
    expect([status, headers['x-one']]).toEqual(["418 I'm a teapot", '1']);
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { elb: { targetGroupArn: groupArn } },
      httpMethod: 'POST',
      path: '/a%20b',
      queryStringParameters: { x: '2', y: '%C3%A4' },
      headers: { 'x-custom': 'v', 'x-forwarded-proto': 'http', 'x-forwarded-port': '80' },
      body: 'hello',
      isBase64Encoded: false,
    });
  });

  it('sends the event with lists of values if the group has that attribute', async () => {
    const Attributes = [{ Key: 'lambda.multi_value_headers.enabled', Value: 'true' }];
    await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: groupArn, Attributes }));
    const { headers, body } = await send('/a?x=1&x=2', { headers: { 'content-type': 'image/png' } });
    expect(headers['x-one']).toBe('1, 2');
    const event = JSON.parse(body);
    expect(event.multiValueQueryStringParameters).toEqual({ x: ['1', '2'] });
    expect(event.multiValueHeaders).toMatchObject({ 'content-type': ['image/png'] });
    expect([event.headers, event.isBase64Encoded]).toEqual([undefined, true]);
  });

  it.each([
    ['/throws', '502 Bad Gateway'],
    ['/text', '502 Bad Gateway'],
    ['/large', '502 Bad Gateway'],
  ])('answers %s with %s', async (path, status) => {
    expect((await send(path)).status).toBe(status);
  });

  it('refuses a large body and a WebSocket', async () => {
    expect((await send('/', { method: 'POST', body: 'x'.repeat(1_048_577) })).status).toBe('413 Payload Too Large');
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    expect((await send('/', { headers: upgrade })).status).toBe('400 Bad Request');
  });
});
