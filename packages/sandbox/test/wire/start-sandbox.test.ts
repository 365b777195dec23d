import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createConnection } from 'node:net';
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/index.ts';

let sandbox: Sandbox;
let ecs: ECSClient;

const clientOf = ({ endpoint, region }: Sandbox) => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
});

beforeEach(async () => {
  sandbox = await startSandbox({ durations: 'none', seed: 11 });
  ecs = new ECSClient(clientOf(sandbox));
});

afterEach(async () => {
  ecs.destroy();
  await sandbox.close();
});

const registerAuth = async () => {
  await ecs.send(new CreateClusterCommand({ clusterName: 'dev' }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'auth',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: 'auth',
          image: 'auth:1',
          portMappings: [{ containerPort: 8080 }],
        },
      ],
    }),
  );
};

const launch = () =>
  ecs.send(
    new RunTaskCommand({
      cluster: 'dev',
      taskDefinition: 'auth',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'] } },
    }),
  );

const runTask = async () => {
  await registerAuth();
  const taskArn = (await launch()).tasks?.[0]?.taskArn ?? '';
  await vi.waitFor(async () => expect(await describeTask(taskArn)).toMatchObject({ lastStatus: 'RUNNING' }), 10_000);
  return taskArn;
};

const describeTask = async (taskArn: string) =>
  (await ecs.send(new DescribeTasksCommand({ cluster: 'dev', tasks: [taskArn] }))).tasks?.[0];

const admin = async (method: string, path: string, body?: unknown) => {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(`${sandbox.endpoint}/_sandbox/${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('the sandbox as a whole', () => {
  test('a task change goes through the bus to the target function of a rule', async () => {
    const handler = 'export const handler = async (event) => { console.log("saw " + event.detail.lastStatus); };';
    const lambda = new LambdaClient(clientOf(sandbox));
    const { FunctionArn } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'watcher',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::123456789012:role/watcher',
        Code: { ZipFile: zipSync({ 'index.mjs': strToU8(handler) }) },
      }),
    );
    const events = new EventBridgeClient(clientOf(sandbox));
    await events.send(new PutRuleCommand({ Name: 'tasks', EventPattern: '{"source":["aws.ecs"]}' }));
    await events.send(new PutTargetsCommand({ Rule: 'tasks', Targets: [{ Id: 'lambda', Arn: FunctionArn }] }));
    await runTask();
    await vi.waitFor(() => expect(sandbox.lambda.logs('watcher').join('\n')).toContain('saw RUNNING'), 10_000);
  });

  test('a function calls the API with its own access key', async () => {
    const handler = `export const handler = async () => {
      const scope = process.env.AWS_ACCESS_KEY_ID + '/20261123/us-east-2/ssm/aws4_request';
      const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=' + scope, 'x-amz-target': 'AmazonSSM.GetParameter' };
      await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers, body: '{"Name":"a"}' });
    };`;
    const lambda = new LambdaClient(clientOf(sandbox));
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'caller',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::123456789012:role/caller',
        Code: { ZipFile: zipSync({ 'index.mjs': strToU8(handler) }) },
      }),
    );
    sandbox.lambda.invokeAsync('caller', '{}');
    await vi.waitFor(
      () => expect(sandbox.calls.list({ operation: 'GetParameter' })[0]?.caller).toMatch(/^SANDBOXLAMBDA\d+$/),
      10_000,
    );
  });

  test('RunTask fails once without capacity, and then succeeds', async () => {
    await registerAuth();
    sandbox.faults.plant({ operation: 'RunTask', fault: { kind: 'capacity' } });
    expect(await launch()).toMatchObject({
      tasks: [],
      failures: [
        { reason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone' },
      ],
    });
    expect(await launch()).toMatchObject({ tasks: [{ lastStatus: 'PROVISIONING' }], failures: [] });
  });
});

describe('the admin API', () => {
  test('returns its state and its routes', async () => {
    expect(await admin('GET', 'health')).toMatchObject({ status: 200, body: { status: 'ok', seed: 11, speed: 1 } });
    expect((await admin('GET', '')).body.routes).toContain('GET /_sandbox/tasks/{id}/output');
    expect((await admin('GET', 'nothing')).status).toBe(404);
    // Attack review, finding 17: these closed the connection.
    expect((await admin('GET', 'functions/..%2f/log')).status).toBe(404);
    expect((await admin('GET', 'functions/%/log')).status).toBe(404);
    expect((await admin('PATCH', 'faults')).status).toBe(405);
  });

  test('returns a task’s output, and crashes the task', async () => {
    const taskArn = await runTask();
    const id = taskArn.split('/').at(-1);
    await vi.waitFor(
      async () => expect((await admin('GET', `tasks/${id}/output`)).body).toEqual({ output: 'auth listens on 8080\n' }),
      10_000,
    );
    expect(await admin('POST', `tasks/${id}/crash`)).toEqual({ status: 200, body: {} });
    await vi.waitFor(
      async () =>
        expect(await describeTask(taskArn)).toMatchObject({
          lastStatus: 'STOPPED',
          stopCode: 'EssentialContainerExited',
          containers: [{ exitCode: 137 }],
        }),
      10_000,
    );
    expect((await admin('POST', 'tasks/0123456789/crash')).status).toBe(404);
  });

  test('plants a fault, counts the affected calls and removes it', async () => {
    const plan = { fault: { kind: 'throttle' }, service: 'ecs', operation: 'DescribeTasks', times: 'always' };
    const planted = await admin('POST', 'faults', plan);
    expect(planted).toEqual({ status: 200, body: { id: 1, ...plan, consumed: 0 } });
    await expect(
      new ECSClient({ ...clientOf(sandbox), maxAttempts: 2 }).send(new DescribeTasksCommand({ tasks: ['a'] })),
    ).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect((await admin('GET', 'faults')).body).toEqual({ faults: [{ id: 1, ...plan, consumed: 2 }] });
    await admin('DELETE', 'faults/1');
    expect((await admin('GET', 'faults')).body).toEqual({ faults: [] });
    expect((await admin('DELETE', 'faults/1')).status).toBe(404);
  });

  test.each([
    [{ fault: { kind: 'explode' } }, 'fault.kind must be one of'],
    [{ fault: { kind: 'latency' } }, 'a latency needs delayMs'],
    [{ fault: { kind: 'metrics' } }, 'a fault of metrics needs an answer: partial, internal-error, forbidden'],
    [{ fault: { kind: 'metrics', answer: 'wrong' } }, 'a fault of metrics needs an answer'],
    [{ fault: { kind: 'throttle' }, service: 's3' }, 'service is not valid: "s3"'],
    [{ fault: { kind: 'throttle' }, times: 0 }, 'times is not valid: 0'],
    [{ fault: { kind: 'throttle' }, forMs: -1 }, 'forMs is not valid: -1'],
    [{ fault: { kind: 'throttle' }, sevice: 'ecs' }, 'sevice is not a member of a fault plan'],
  ])('rejects the plan %j', async (plan, message) => {
    expect(await admin('POST', 'faults', plan)).toEqual({
      status: 400,
      body: { message: expect.stringContaining(message) },
    });
  });

  test('every reply has a Date in sandbox time', async () => {
    await using quick = await startSandbox({ durations: 'none', speed: 1_000 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = quick.clock.now();
    const replies = await Promise.all([fetch(`${quick.endpoint}/_sandbox/health`), fetch(quick.endpoint)]);
    const dates = replies.map(({ headers }) => Date.parse(headers.get('date') ?? ''));

    expect(dates.every((date) => date > before - 1_000 && date <= quick.clock.now())).toBe(true);
  });

  test('filters and clears the call log', async () => {
    await ecs.send(new CreateClusterCommand({ clusterName: 'dev' }));
    await ecs.send(new DescribeTasksCommand({ cluster: 'dev', tasks: ['0'.repeat(32)] }));
    const changing = (await admin('GET', 'calls?mutating=true')).body.calls;
    expect(changing).toMatchObject([{ sequence: 1, service: 'ecs', operation: 'CreateCluster', caller: 'AKIDTEST' }]);
    expect((await admin('GET', 'calls?after=1')).body.calls).toMatchObject([{ operation: 'DescribeTasks' }]);
    await admin('POST', 'reset');
    expect((await admin('GET', 'calls')).body).toEqual({ calls: [] });
    expect((await admin('GET', 'stats')).body).toMatchObject({ calls: 2, staleReads: 0 });
  });
});

describe('starting and closing', () => {
  test('closing ends the tasks and releases the port', async () => {
    const taskArn = await runTask();
    const output = () => sandbox.taskOutput(taskArn);
    await vi.waitFor(() => expect(output()).toContain('listens'), 10_000);
    const { port } = new URL(sandbox.endpoint);
    await sandbox.close();
    const refused = await new Promise((resolve) => {
      createConnection(Number(port), '127.0.0.1').on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(refused).toBe('ECONNREFUSED');
  });

  // Windows has no signal for a graceful exit.
  test.skipIf(process.platform === 'win32')('a signal ends the sandbox and then the process', async () => {
    const script = `import { startSandbox } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
      const sandbox = await startSandbox();
      console.log(sandbox.endpoint);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script]);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect((await fetch(`${line.toString().trim()}/_sandbox/health`)).status).toBe(200);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
  });

  test('a port in use is reported', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await expect(startSandbox({ apiPort: port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    server.close();
  });

  test.each<[SandboxOptions, string]>([
    [{ speed: 0 }, 'speed must be more than 0, not 0'],
    [{ accountId: '12' }, 'accountId must have 12 digits: 12'],
    [{ emptyPageChance: 2 }, 'emptyPageChance must be from 0 to 1, not 2'],
  ])('%j is rejected', async (options, message) => {
    await expect(startSandbox(options)).rejects.toThrow(new RangeError(message));
  });
});
