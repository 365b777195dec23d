import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type Sandbox, startSandbox } from '@start-engines/sandbox';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { putStartEvents } from '../../scripts/demo/put-events.ts';
import { createWorldClients, type WorldClients } from '../../scripts/world/clients.ts';
import { functionName, liveFunction, seedWorld, type World } from '../../scripts/world/seed-world.ts';
import { worldService } from '../../scripts/world/services.ts';

let sandbox: Sandbox;
let clients: WorldClients;
let world: World;

beforeEach(async () => {
  sandbox = await startSandbox({ coldStart: true });
  console.log(`seed ${sandbox.seed}`);
  clients = createWorldClients(sandbox.endpoint);
  world = await seedWorld(clients, { services: [worldService('auth')] });
});

afterEach(async () => {
  clients.destroy();
  await sandbox.close();
});

interface Answer {
  readonly statusCode: number;
  readonly body: { readonly taskArn: string; readonly privateIp: string; readonly reused: boolean };
}

async function invokeStart(id: number): Promise<Answer> {
  const event = {
    version: '0',
    id: `6f9a1f1e-0000-4000-8000-${String(id).padStart(12, '0')}`,
    'detail-type': 'Start ECS Task',
    source: 'custom.app',
    account: '123456789012',
    time: new Date().toISOString(),
    region: 'us-east-2',
    resources: [],
    detail: { service: 'auth' },
  };
  const reply = await clients.lambda.send(
    new InvokeCommand({ FunctionName: liveFunction, Payload: JSON.stringify(event) }),
  );
  expect(reply.FunctionError).toBeUndefined();
  return JSON.parse(Buffer.from(reply.Payload ?? []).toString());
}

describe('ten start events for one service at once, in ten processes of the built zip (R2)', () => {
  test('one task is launched, and all ten answers contain it', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, id) => invokeStart(id)));
    expect(answers.map((answer) => answer.statusCode)).toEqual(Array(10).fill(200));
    const { tasksCreated, staleReads, replays, conflicts } = sandbox.stats();
    expect(tasksCreated).toBe(1);
    const [task] = sandbox.ecs.tasks();
    expect(answers.map((answer) => answer.body.taskArn)).toEqual(Array(10).fill(task?.taskArn));
    expect(answers.filter((answer) => !answer.body.reused)).toHaveLength(1);
    expect(sandbox.elb.targets(world.targetGroupArns['auth-lb'] ?? '')).toHaveLength(1);
    const pids = new Set(sandbox.lambda.processes().map((process) => process.pid));
    expect(pids.size).toBeGreaterThanOrEqual(10);
    console.log(`stale reads ${staleReads}, replays ${replays}, conflicts ${conflicts}`);
    expect(staleReads + replays + conflicts).toBeGreaterThan(0);
  });
});

test('EventBridge delivers every event twice: still one task and one target (R1)', async () => {
  sandbox.events.setDuplicateChance(1);
  await putStartEvents(clients, ['auth', 'auth'], {});
  await expect.poll(() => sandbox.calls.list({ operation: 'PutEvents' }).length).toBe(1);
  const starts = () => sandbox.lambda.logs(functionName).filter((line) => line.includes('"operation":"start"'));
  await expect.poll(() => starts().length, { timeout: 20_000 }).toBe(4);
  await expect.poll(() => sandbox.lambda.pendingEvents(), { timeout: 20_000, interval: 100 }).toBe(0);
  expect(sandbox.lambda.onFailureRecords()).toEqual([]);
  expect(sandbox.stats().tasksCreated).toBe(1);
  expect(sandbox.elb.targets(world.targetGroupArns['auth-lb'] ?? '')).toHaveLength(1);
});
