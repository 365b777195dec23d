import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createAwsClients, createEcsTaskRunner, createTargetRegistry } from '../src/index.ts';
import { startCannedAws } from './canned-aws.ts';
import { clock, launchKeys } from './launch-request.ts';

const taskArn = 'arn:aws:ecs:us-east-2:123456789012:task/engines/1';

test('every time-out has a default, and throws', async () => {
  await using aws = await startCannedAws(() => ({ json: { taskArns: [] } }), { maxAttempts: 3 });
  await createEcsTaskRunner({ client: aws.clients.ecs, clock, launchKeys }).listCluster('engines', 'RUNNING');
  expect(aws.clients.settings.requestHandler.httpHandlerConfigs()).toMatchObject({
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    socketTimeout: 5_000,
    throwOnRequestTimeout: true,
  });
});

test('a server that accepts the request and never answers is AwsUnavailable', async () => {
  await using aws = await startCannedAws(() => ({ misbehave: () => {} }), { requestTimeoutMs: 50 });
  const stopping = createEcsTaskRunner({ client: aws.clients.ecs, clock, launchKeys }).stop(taskArn, 'stop');
  await expect(stopping).rejects.toMatchObject({
    name: 'AwsUnavailable',
    context: { service: 'ECS', operation: 'StopTask', taskArn, awsCode: 'ETIMEDOUT' },
    cause: { name: 'TimeoutError' },
  });
  expect(aws.calls.map(({ operation }) => operation)).toEqual(['StopTask']);
});

test('a time-out is retried as often as configured', async () => {
  await using aws = await startCannedAws(() => ({ misbehave: () => {} }), { requestTimeoutMs: 500, maxAttempts: 3 });
  const reading = createTargetRegistry({ client: aws.clients.elasticLoadBalancing }).read('arn:1');
  await expect(reading).rejects.toMatchObject({ name: 'AwsUnavailable' });
  expect(aws.calls).toHaveLength(3);
});

test('an answer whose body never comes is AwsUnavailable', async () => {
  await using aws = await startCannedAws(
    () => ({
      misbehave: (response) => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': '100' });
        response.write('{"tasks":');
      },
    }),
    { requestTimeoutMs: 50 },
  );
  const reading = createEcsTaskRunner({ client: aws.clients.ecs, clock, launchKeys }).describe('engines', [taskArn]);
  await expect(reading).rejects.toMatchObject({ name: 'AwsUnavailable' });
});

test('a connection that drops before the answer is AwsUnavailable', async () => {
  await using aws = await startCannedAws(() => ({ misbehave: (response) => response.destroy() }));
  const reading = createEcsTaskRunner({ client: aws.clients.ecs, clock, launchKeys }).describe('engines', [taskArn]);
  await expect(reading).rejects.toMatchObject({ name: 'AwsUnavailable', context: { awsCode: 'ECONNRESET' } });
});

test('a connection that drops in the middle of the answer is AwsUnavailable', async () => {
  await using aws = await startCannedAws(() => ({
    misbehave: (response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': '100' });
      response.write('{"tasks":', () => response.destroy());
    },
  }));
  const reading = createEcsTaskRunner({ client: aws.clients.ecs, clock, launchKeys }).describe('engines', [taskArn]);
  await expect(reading).rejects.toMatchObject({ name: 'AwsUnavailable' });
});

test('a closed port is AwsUnavailable', async () => {
  const clients = createAwsClients({
    endpoint: `http://127.0.0.1:${await findClosedPort()}`,
    region: 'us-east-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const reading = createEcsTaskRunner({ client: clients.ecs, clock, launchKeys }).describe('engines', [taskArn]);
  await expect(reading).rejects.toMatchObject({ name: 'AwsUnavailable', context: { awsCode: 'ECONNREFUSED' } });
});

test('a TLS handshake that never ends is AwsUnavailable', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket));
  const clients = createAwsClients({
    endpoint: `https://127.0.0.1:${await listen(server)}`,
    region: 'us-east-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    connectionTimeoutMs: 50,
    requestTimeoutMs: 100,
    maxAttempts: 1,
  });
  try {
    const reading = createEcsTaskRunner({ client: clients.ecs, clock, launchKeys }).describe('engines', [taskArn]);
    await expect(reading).rejects.toMatchObject({ name: 'AwsUnavailable', cause: { name: 'TimeoutError' } });
  } finally {
    clients.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function findClosedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}
