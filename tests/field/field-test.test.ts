import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { permissionsOf, readFieldReport, type Sandbox, startSandbox } from '@start-engines/sandbox';
import { expect, test } from 'vitest';
import { createProbeClients } from '../../scripts/field/clients.ts';
import { probes } from '../../scripts/field/probes/index.ts';
import { readFacts } from '../../scripts/field/register.ts';
import type { FieldReport } from '../../scripts/field/report.ts';
import type { RunState } from '../../scripts/field/run-state.ts';
import { findLeftovers } from '../../scripts/field/tear-down.ts';
import { root } from '../../scripts/tasks.ts';
import { createDice } from '../interleavings/dice.ts';
import { createIamAuthoriser, type PolicyDocument } from '../terraform/support/iam-authoriser.ts';

interface FieldTest {
  readonly child: ChildProcess;
  /** Resolves when the run has a name, and so a state. */
  readonly begun: Promise<void>;
  readonly ended: Promise<{ readonly status: number | null; readonly output: string }>;
}

function runFieldTest(args: readonly string[]): FieldTest {
  const child = spawn(process.execPath, [join(root, 'scripts', 'field-test.ts'), ...args], { cwd: root });
  let output = '';
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('run field-test-')) begin();
    });
  }
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, output }));
  return { child, begun, ended };
}

const policy = JSON.parse(readFileSync(join(root, 'docs', 'policies', 'field-test.json'), 'utf8')) as PolicyDocument;

/** Evaluates the tester's policy for all calls, and returns what it denies and which of its permissions no call needs. */
async function evaluatePolicy(sandbox: Sandbox) {
  const { accountId, region } = sandbox;
  const [roleArn, principalArn] = [
    `arn:aws:iam::${accountId}:role/tester`,
    `arn:aws:sts::${accountId}:assumed-role/tester/me`,
  ];
  const tester = createIamAuthoriser(roleArn, policy);
  const findTaskDefinition = (family: string) => ({
    taskDefinitionArn: `arn:aws:ecs:${region}:${accountId}:task-definition/${family}:1`,
  });
  const denied = new Set<string>();
  for (const { service, operation, input } of sandbox.calls.list({ caller: 'FIELDTEST' })) {
    for (const permission of permissionsOf(service, operation, input, {
      accountId,
      region,
      findTaskDefinition,
    })) {
      const { effect } = await tester.authorise({ ...permission, roleArn, principalArn });
      if (effect !== 'allow') denied.add(`${permission.action} on ${permission.resource}`);
    }
  }
  const unused = tester.unused().filter((pair) => !pair.startsWith('Terraform'));
  return { denied: [...denied], unused, problems: tester.problems() };
}

function listLeftovers({ region, endpoint }: Sandbox, prefix: string): Promise<readonly string[]> {
  const clients = createProbeClients(region, endpoint);
  return findLeftovers(clients, prefix).finally(() => clients.destroy());
}

test('a field test that is interrupted at random points and resumed ends with a complete report and leaves nothing', async () => {
  const seed = Number(process.env.FIELD_TEST_SEED ?? Math.floor(Math.random() * 2 ** 32));
  console.info(`field test: seed ${seed} (FIELD_TEST_SEED)`);
  const dice = createDice(seed);
  const folder = await mkdtemp(join(tmpdir(), 'start-engines-field-'));
  await using sandbox = await startSandbox({ durations: 'quick' });
  const report = join(folder, 'field-report.json');
  const common = ['--folder', folder, '--report', report];
  const readState = async () => JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as RunState;
  let args = ['--endpoint-url', sandbox.endpoint];
  // Windows has no signal that a process can handle.
  const signals = process.platform === 'win32' ? (['SIGKILL'] as const) : (['SIGKILL', 'SIGINT'] as const);
  for (let count = 0; count < 4; count += 1) {
    const { child, begun, ended } = runFieldTest([...args, ...common]);
    await Promise.race([begun, ended]);
    // The first interruptions come while everything is created, the later ones while the probes run.
    await delay(dice.upTo(800 + count * 2_500));
    const signal = signals[dice.upTo(signals.length - 1)] ?? 'SIGKILL';
    child.kill(signal);
    const { status, output } = await ended;
    args = ['--resume'];
    console.info(`interrupted by ${signal}: ended with ${status}`);
    if (signal === 'SIGINT') {
      expect(status, output).toBe(130);
      expect(await listLeftovers(sandbox, (await readState()).prefix)).toEqual([]);
    }
  }
  const { status, output } = await runFieldTest([...args, ...common]).ended;
  const written = JSON.parse(await readFile(report, 'utf8')) as FieldReport;
  const { target, leftovers, facts } = written;
  const [, prefix = ''] = /run (field-test-\w+)/.exec(output) ?? [];

  expect(
    facts.filter(({ outcome }) => outcome !== 'holds' && outcome !== 'not-probed'),
    output,
  ).toEqual([]);
  expect(facts.filter(({ outcome }) => outcome === 'holds')).toHaveLength(probes.length);
  expect(facts).toHaveLength(readFacts().length);
  expect({ status, target, leftovers }).toEqual({ status: 0, target: 'endpoint', leftovers: [] });
  expect(await listLeftovers(sandbox, prefix)).toEqual([]);
  expect(sandbox.ecs.tasks().filter(({ lastStatus }) => lastStatus !== 'STOPPED')).toEqual([]);
  expect(await readFile(join(folder, 'field-report.md'), 'utf8')).toContain('Nothing was left behind.');
  const { measured, origin } = readFieldReport(written);
  expect(origin).toContain(`an emulator, ${sandbox.endpoint}`);
  expect(measured).toEqual(
    expect.arrayContaining(['taskReadLagMs', 'tagReadLagMs', 'rulePropagationMs', 'eventDeliveryMs']),
  );
  expect(await evaluatePolicy(sandbox)).toEqual({ denied: [], unused: [], problems: [] });
  await rm(folder, { recursive: true });
}, 240_000);
