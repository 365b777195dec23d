import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/index.ts';
import { makeVariedRun } from './varied-run.ts';

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The path of a command that runs this without an error, or the reason why there is none. */
async function find(candidates: readonly (readonly [command: string, ...args: string[]])[]) {
  for (const [command, ...args] of candidates) {
    try {
      await run(command, args);
      return { command };
    } catch {
      // Try the next one.
    }
  }
  return { command: undefined };
}

const imports = ['-c', 'import boto3, botocore'];
const python = (
  await find([
    ['python3', ...imports],
    ['python', ...imports],
  ])
).command;
const aws = (await find([['aws', '--version']])).command;

// These tests may be skipped on a machine without the programs, but not in CI.
const mustRun = process.env.CI === 'true';
const skipWithout = (command: string | undefined) => command === undefined && !mustRun;

let sandbox: Sandbox;
let environment: NodeJS.ProcessEnv;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({ durations: 'none', seed: 23, keepRawMessages: true });
  folder = await mkdtemp(join(tmpdir(), 'sandbox-log-'));
  environment = {
    ...process.env,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIDPYTHON',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_DEFAULT_REGION: sandbox.region,
    AWS_REGION: sandbox.region,
    AWS_PAGER: '',
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
  };
  await makeVariedRun(sandbox);
});

afterAll(async () => {
  await sandbox?.close();
  await rm(folder, { recursive: true, force: true });
});

const cli = async (...args: string[]) => {
  const { stdout } = await run(aws ?? 'aws', [...args, '--output', 'json'], { env: environment });
  return JSON.parse(stdout) as Record<string, unknown>;
};

const boto3 = async () => {
  const { stdout } = await run(python ?? 'python3', [script('see-tasks.py'), 'dev'], { env: environment });
  return JSON.parse(stdout) as Record<string, unknown>;
};

test('the run with the SDK for JavaScript used every operation of the sandbox', () => {
  const used = new Set(sandbox.calls.list().map(({ service, operation }) => `${service} ${operation}`));
  expect(sandbox.operations().filter((operation) => !used.has(operation))).toEqual([]);
});

describe('boto3 and the AWS CLI, configured only with the endpoint', () => {
  test.skipIf(skipWithout(python))('boto3 can call all six services', async () => {
    expect(await boto3()).toEqual({
      tasks: [expect.arrayContaining(['RUNNING'])],
      created: true,
      health: ['healthy'],
      parameters: ['/boto3/two'],
      interfaces: ['ELB app', 'ELB app', 'arn:aws:ecs:us-east-2:123456789012:attachment'],
      failedEntries: 0,
      functions: ['echo'],
    });
  });

  test.skipIf(skipWithout(aws))('the CLI puts an event and reads the health of a target', async () => {
    const entries = JSON.stringify([{ Source: 'custom.app', DetailType: 'Start ECS Task', Detail: '{}' }]);
    expect(await cli('events', 'put-events', '--entries', entries)).toMatchObject({ FailedEntryCount: 0 });
    const groups = await cli('elbv2', 'describe-target-groups');
    const [group] = groups.TargetGroups as { TargetGroupArn: string }[];
    const health = await cli('elbv2', 'describe-target-health', '--target-group-arn', group?.TargetGroupArn ?? '');
    expect(health).toMatchObject({ TargetHealthDescriptions: [{ TargetHealth: { State: 'healthy' } }] });
  });

  test.skipIf(skipWithout(aws))('the CLI puts a metric, reads it, and reports an error of CloudWatch', async () => {
    // PutMetricData refuses times that are more than two weeks ago.
    const minute = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
    const at = (time: number) => new Date(time).toISOString();
    const metric = ['--namespace', 'Orders', '--metric-name', 'Placed', '--timestamp', at(minute + 30_000)];
    const { stdout } = await run(aws ?? 'aws', ['cloudwatch', 'put-metric-data', ...metric, '--value', '2.5'], {
      env: environment,
    });
    expect(stdout).toBe('');
    const read = (end: string, Id = 'placed') => {
      const Metric = { Namespace: 'Orders', MetricName: 'Placed' };
      const queries = JSON.stringify([{ Id, MetricStat: { Metric, Period: 60, Stat: 'Sum' } }]);
      const window = ['--start-time', at(minute - 600_000), '--end-time', end];
      return cli('cloudwatch', 'get-metric-data', '--metric-data-queries', queries, ...window);
    };
    const { MetricDataResults: results } = await read(at(minute + 600_000));
    expect(results).toMatchObject([{ Id: 'placed', Values: [2.5], StatusCode: 'Complete' }]);
    // Version 1 of the CLI prints seconds, and version 2 a date.
    const [{ Timestamps }] = results as [{ Timestamps: (string | number)[] }];
    expect(Timestamps.map((time) => (typeof time === 'number' ? time * 1_000 : Date.parse(time)))).toEqual([minute]);
    await expect(read(at(minute - 1_200_000))).rejects.toMatchObject({
      stderr: expect.stringMatching(/An error occurred \(ValidationError\).*StartTime must be less than/),
    });
  });

  test.skipIf(skipWithout(aws))('the CLI accepts the endpoint as an option', async () => {
    const { AWS_ENDPOINT_URL: endpoint = '', ...rest } = environment;
    const args = ['ssm', 'get-parameters-by-path', '--path', '/app/services', '--endpoint-url', endpoint];
    const { stdout } = await run(aws ?? 'aws', [...args, '--output', 'json'], { env: rest });
    expect((JSON.parse(stdout) as { Parameters: unknown[] }).Parameters).toHaveLength(11);
  });

  test.skipIf(skipWithout(aws))('the CLI reports an error of the service', async () => {
    await expect(cli('ecs', 'describe-tasks', '--cluster', 'nosuch', '--tasks', 'a')).rejects.toMatchObject({
      stderr: expect.stringMatching(/An error occurred \(ClusterNotFoundException\).*Cluster not found/),
    });
  });

  test.skipIf(skipWithout(python) || skipWithout(aws))('both see the same tasks', async () => {
    const { taskArns } = await cli('ecs', 'list-tasks', '--cluster', 'dev');
    const { tasks } = await boto3();
    expect((tasks as [string, string][]).map(([arn]) => arn)).toEqual([...(taskArns as string[])].sort());
    expect(taskArns).toHaveLength(1);
  });
});

test.skipIf(skipWithout(python))('every request and reply is valid under the official service models', async () => {
  const log = join(folder, 'calls.jsonl');
  await writeFile(log, sandbox.calls.toJsonLines());
  const { stdout } = await run(python ?? 'python3', [script('validate-log.py'), log]).catch(
    (error: { stdout?: string; stderr?: string }) => ({ stdout: `${error.stdout}${error.stderr}` }),
  );
  const lines = stdout.trim().split('\n');
  expect(lines.slice(0, -1)).toEqual([]);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ operations: sandbox.operations().length, problems: 0 });
});
