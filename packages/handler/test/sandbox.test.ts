import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type SandboxWorld, startSandboxWorld } from './support/sandbox-world.ts';

// The built zip, run as by Lambda on the sandbox's APIs, in the order of a service's first day.

let world: SandboxWorld;
beforeAll(async () => {
  world = await startSandboxWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const until = { timeout: 30_000, interval: 50 };

test('an event with a forbidden override is tried three times and then sent to the on-failure destination', async () => {
  const before = world.sandbox.calls.lastSequence;
  await world.putEvent('custom.app', 'Start ECS Task', { service: 'auth', taskDefinition: 'admin-task' });
  const [record] = await vi.waitFor(() => {
    const records = world.sandbox.lambda.onFailureRecords();
    expect(records).toHaveLength(1);
    return records;
  }, until);
  expect(JSON.parse(JSON.stringify(record))).toMatchObject({
    record: {
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { source: 'custom.app', detail: { service: 'auth', taskDefinition: 'admin-task' } },
      responsePayload: { errorType: 'OverrideNotAllowed' },
    },
  });
  expect(world.changesAfter(before)).toEqual([]);
});

test('an event on the bus starts the service, with log lines and metrics', async () => {
  await world.putEvent('custom.app', 'Start ECS Task', { service: 'auth', wait: 'healthy', correlationId: 'order-17' });
  const ofThisStart = () => world.log().filter((line) => line.correlation_id === 'order-17');
  await vi.waitFor(() => expect(ofThisStart().at(-1)?.message).toBe('done'), until);
  const lines = ofThisStart();
  expect(lines.map((line) => line.message)).toEqual([
    'request',
    'launched',
    'running',
    'registered',
    'healthy',
    'done',
  ]);
  expect(lines.at(-1)).toMatchObject({
    service: 'start-engines',
    serviceName: 'auth',
    workspace: 'test',
    taskArn: expect.stringMatching(/^arn:aws:ecs:us-east-2:123456789012:task\/engines\//),
    function_request_id: expect.any(String),
  });
  const metrics = world.log().filter((line) => '_aws' in line);
  expect(metrics).toContainEqual(expect.objectContaining({ ColdStart: 1 }));
  expect(metrics).toContainEqual(
    expect.objectContaining({
      serviceName: 'auth',
      StartCount: 1,
      TimeToRunning: expect.any(Number),
      TimeToHealthy: expect.any(Number),
    }),
  );
});

test('a direct invoke adopts the live task, which answers through the load balancer', async () => {
  const { value } = await world.invoke({ action: 'start', service: 'auth', wait: 'healthy' });
  expect(value).toMatchObject({
    statusCode: 200,
    body: { service: 'auth', port: 8080, targetGroupArn: world.targetGroupArn, healthStatus: 'healthy', reused: true },
  });
  const response = await fetch(`${await world.sandbox.loadBalancerUrl()}/api/auth`);
  expect(response.status).toBe(200);
  expect(value).toMatchObject({ body: { taskId: ((await response.json()) as { task: string }).task } });
});

test('an error reaches a direct caller by its name', async () => {
  expect(await world.invoke({ action: 'start', service: 'nosuch' })).toEqual({
    thrown: { name: 'UnknownService', message: 'There is no service "nosuch".' },
  });
});
