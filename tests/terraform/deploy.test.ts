import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { GetParametersByPathCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../scripts/tasks.ts';
import { liveFunction } from '../../scripts/world/seed-world.ts';
import { worldService } from '../../scripts/world/services.ts';
import { type FrontDoor, openFrontDoor } from '../front-door/open-front-door.ts';

// A stand-in for terraform that records its calls. deployment.test.ts tests the real one.
const standIn = `#!/usr/bin/env node
const { appendFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
if (args[0] !== 'version') appendFileSync(process.env.CALLS, JSON.stringify([...args, process.env.TF_WORKSPACE ?? '']) + '\\n');
if (args[0] === 'plan') writeFileSync('dev.tfplan', 'secret');
if (args[0] === 'output') process.stdout.write(process.env.OUTPUTS);
if (args[0] === 'show') process.stdout.write(process.env.SAVED);
if (args[0] === 'console') process.stdout.write('"us-east-2"');
process.exit(args[0] === 'plan' ? Number(process.env.PLAN_STATUS) : args[0] === process.env.FAILS ? 1 : 0);
`;

const documents = {
  defaults: '{}',
  'services/auth': '{"dependsOn":["users"]}',
  'services/users': '{}',
  'services/reports': '{}',
};
const outputs = {
  function_alias_arn: { value: `arn:aws:lambda:us-east-2:123456789012:function:${liveFunction}` },
  parameter_path: { value: '/start-engines/dev' },
  mapping_documents: { value: documents },
  envelope: { value: { clusters: ['users-cluster', 'reports-cluster'] } },
};

interface Deployed {
  readonly exitCode: number | null;
  readonly output: string;
  /** The calls of terraform. */
  readonly calls: readonly (readonly string[])[];
  /** Whether the plan file still exists. */
  readonly planLeft: boolean;
}

const planFile = join(root, 'terraform', 'dev.tfplan');
const variablesText = 'vpc_id = "vpc-00000000000000001" # not 123456789012\n';

describe.skipIf(process.platform === 'win32')('npm run deploy', () => {
  let door: FrontDoor;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'start-engines-deploy-'));
    writeFileSync(join(folder, 'terraform'), standIn);
    chmodSync(join(folder, 'terraform'), 0o755);
    writeFileSync(join(folder, 'dev.tfvars'), variablesText);
    writeFileSync(join(folder, 'function.zip'), 'zip');
    const services = ['users', 'reports'].map(worldService);
    door = await openFrontDoor({ speed: 10, world: { services } });
  });
  afterAll(async () => {
    await door[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    rmSync(join(folder, 'calls'), { force: true });
    rmSync(planFile, { force: true });
  });

  /** With variables that are not those of the sample files. */
  function deploy(
    args: readonly string[],
    answer: string | { readonly signal: NodeJS.Signals },
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Deployed> {
    return deployWith([...args, '--var-file', join(folder, 'dev.tfvars')], answer, variables);
  }

  async function deployWith(
    args: readonly string[],
    answer: string | { readonly signal: NodeJS.Signals },
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Deployed> {
    const child = spawn(process.execPath, [join(root, 'scripts', 'deploy.ts'), ...args], {
      env: {
        ...process.env,
        PATH: [folder, process.env.PATH].join(delimiter),
        CALLS: join(folder, 'calls'),
        OUTPUTS: JSON.stringify(outputs),
        PLAN_STATUS: '2',
        TF_WORKSPACE: 'another-owners',
        AWS_ENDPOINT_URL: door.sandbox.endpoint,
        AWS_ACCESS_KEY_ID: 'OPERATOR',
        AWS_SECRET_ACCESS_KEY: 'operator',
        ...variables,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (typeof answer !== 'string' && output.includes('Only "yes" does')) child.kill(answer.signal);
      });
    if (typeof answer === 'string') child.stdin.end(answer);
    const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const calls = existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '';
    return {
      exitCode,
      output,
      calls: calls.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])),
      planLeft: existsSync(planFile),
    };
  }

  const varFile = () => `-var-file=${relative(join(root, 'terraform'), join(folder, 'dev.tfvars'))}`;
  const planned = () => [
    ['init', '-input=false', ''],
    ['workspace', 'select', '-or-create', 'dev', ''],
    ['plan', '-input=false', '-detailed-exitcode', varFile(), '-out=dev.tfplan', ''],
  ];
  const applied = ['apply', '-input=false', 'dev.tfplan', ''];
  const read = ['output', '-json', ''];

  test('plans in the workspace, asks for confirmation, applies that plan, and starts nothing', async () => {
    // Terraform review, finding 4: it started the first service in the alphabet, also in prod.
    const { exitCode, output, calls } = await deploy(['dev'], 'yes\n');

    expect(exitCode, output).toBe(0);
    expect(calls).toEqual([...planned(), applied, read]);
    expect(output).toMatch(/The function answers: \d+ services, running: .*\. A reconcile would change nothing\./);
    expect(door.tasks('users')).toEqual([]);
  });

  test('starts the named service, and stops it again', async () => {
    const { exitCode, output, calls } = await deploy(['dev', '--smoke', 'users'], 'yes\n');

    expect(exitCode, output).toBe(0);
    expect(calls).toEqual([...planned(), applied, read]);
    expect(output).toContain('Apply this to dev? Only "yes" does: ');
    expect(output).toMatch(
      /users was started, is registered and healthy\. 10\.\S+:8081 is healthy\. It was stopped again\./,
    );
    expect(door.tasks('users')).toHaveLength(1);
    expect(door.live('users')).toEqual([]);
    expect(door.registered('users-tg')).toEqual([]);
  });

  test('leaves a service running that someone else has started during the smoke test', async () => {
    const deploying = deploy(['dev', '--yes', '--smoke', 'users'], '');
    await expect.poll(() => door.live('users').length, { timeout: 30_000, interval: 20 }).toBe(1);
    await door.invoke({ action: 'start', service: 'users', wait: 'none' });
    const { exitCode, output } = await deploying;

    expect(exitCode, output).toBe(0);
    expect(output).toContain('It was also started by others meanwhile, so it keeps running.');
    expect(door.live('users')).toHaveLength(1);
  });

  test('leaves a service running that was running before', async () => {
    const { exitCode, output } = await deploy(['dev', '--yes', '--smoke', 'users'], '');

    expect(exitCode, output).toBe(0);
    expect(output).not.toContain('It was stopped again.');
    expect(door.live('users')).toHaveLength(1);
  });

  test('does not ask for confirmation if there is nothing to change', async () => {
    const { exitCode, output, calls } = await deploy(['dev'], '', { PLAN_STATUS: '0' });

    expect(exitCode, output).toBe(0);
    expect(calls).toEqual([...planned(), read]);
    expect(output).toContain('dev is up to date.');
  });

  // Terraform review, finding 5: it deleted the parameter and created it again.
  test('writes Terraform’s mapping as a new version with --replace-mapping', async () => {
    const { exitCode, output } = await deploy(['dev', '--yes', '--replace-mapping', 'reports'], '');

    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/\/start-engines\/dev\/services\/reports has Terraform's document as version [2-9]\./);
    const [put] = door.sandbox.calls.list({ operation: 'PutParameter' }).slice(-1);
    expect(put?.input).toMatchObject({ Name: '/start-engines/dev/services/reports', Value: '{}', Overwrite: true });
  });

  test.each([
    ['any other answer', 'y\n', 0, 'Nothing was changed.'],
    ['no answer', '', 1, 'No answer, so nothing was changed. Without a terminal, use --yes.'],
  ])('applies nothing after %s', async (_what, answer, status, words) => {
    const { exitCode, output, calls } = await deploy(['dev'], answer);

    expect(exitCode, output).toBe(status);
    expect(output).toContain(words);
    expect(calls).toEqual(planned());
  });

  test.each([
    ['the apply', ['--yes'], '', {}],
    ['a failed smoke test', ['--yes', '--smoke', 'reports'], '', {}],
    ['a declined apply', [], 'no\n', {}],
    ['no answer', [], '', {}],
    ['a plan without changes', [], '', { PLAN_STATUS: '0' }],
    ['a failed plan', ['--yes'], '', { PLAN_STATUS: '1' }],
    ['a failed apply', ['--yes'], '', { FAILS: 'apply' }],
    ['Ctrl-C at the question', [], { signal: 'SIGINT' }, {}],
    ['SIGTERM at the question', [], { signal: 'SIGTERM' }, {}],
  ] as const)(
    'removes the plan file, which contains values of variables, after %s',
    async (_what, args, answer, variables) => {
      const { calls, planLeft } = await deploy(['dev', ...args], answer, variables);

      expect(calls.map(([command]) => command)).toContain('plan');
      expect(planLeft).toBe(false);
    },
  );

  test('fails with the function’s error if the service does not start', async () => {
    const { exitCode, output } = await deploy(['dev', '--yes', '--smoke', 'reports'], '');

    expect(exitCode).toBe(1);
    expect(output).toMatch(/The start of reports failed: TaskStopped: .*CannotPullContainerError/);
  });

  test.each([
    ['init', ['init']],
    ['plan', ['init', 'workspace', 'plan']],
    ['apply', ['init', 'workspace', 'plan', 'apply']],
  ])('stops after a failed terraform %s', async (step, commands) => {
    const failing = step === 'plan' ? { PLAN_STATUS: '1' } : { FAILS: step };
    const { exitCode, output, calls } = await deploy(['dev', '--yes'], '', failing);

    expect(exitCode).toBe(1);
    expect(output).toContain(`terraform ${step} failed`);
    expect(calls.map(([command]) => command)).toEqual(commands);
  });

  describe('--destroy', () => {
    const everything = () => ['destroy', '-input=false', '-auto-approve', varFile(), ''];
    const parameters = async () =>
      (await door.clients.ssm.send(new GetParametersByPathCommand({ Path: '/start-engines/dev', Recursive: true })))
        .Parameters ?? [];

    test('changes nothing without a yes', async () => {
      const { exitCode, output, calls } = await deploy(['dev', '--destroy'], 'no\n');

      expect(exitCode, output).toBe(0);
      expect(output).toContain('Stop every service of dev and destroy everything? Only "yes" does: ');
      expect(calls.map(([command]) => command)).toEqual(['init', 'workspace']);
    });

    test('changes nothing if the load balancer is protected', async () => {
      const protectedOutputs = { ...outputs, load_balancer_protected: { value: true } };
      const { exitCode, output, calls } = await deploy(['dev', '--destroy', '--yes'], '', {
        OUTPUTS: JSON.stringify(protectedOutputs),
      });

      expect(exitCode).toBe(1);
      expect(output).toContain('The load balancer of dev is protected from deletion, and nothing was changed.');
      expect(calls.map(([command]) => command)).not.toContain('destroy');
    });

    test('destroys nothing else while a task is running that the function cannot stop', async () => {
      await door.invoke({ action: 'start', service: 'users' });
      const gone = { value: 'arn:aws:lambda:us-east-2:123456789012:function:nosuch:live' };
      const { exitCode, output, calls } = await deploy(['dev', '--destroy', '--yes'], '', {
        OUTPUTS: JSON.stringify({ ...outputs, function_alias_arn: gone }),
      });

      expect(exitCode, output).toBe(1);
      expect(calls.filter(([command]) => command === 'destroy')).toHaveLength(1);
      expect(door.live('users')).toHaveLength(1);
    });

    // Terraform review, finding 6: a destroy with a running task left half a deployment and no way to stop the task.
    test('removes all triggers, stops every task, destroys, and removes parameters that Terraform did not create', async () => {
      await door.invoke({ action: 'start', service: 'users' });
      const { exitCode, output, calls } = await deploy(['dev', '--destroy', '--yes'], '');

      expect(exitCode, output).toBe(0);
      expect(door.live('users')).toEqual([]);
      const [before, after] = calls.filter(([command]) => command === 'destroy');
      expect(before).toContain('-target=module.start_engines.module.scheduler');
      for (const rule of ['start', 'restart', 'wake']) {
        expect(before).toContain(
          `-target=module.start_engines.module.eventbridge.aws_cloudwatch_event_target.this["${rule}"]`,
        );
      }
      expect(after).toEqual(everything());
      expect(await parameters()).toEqual([]);
    });

    test('continues after an interrupted run that has destroyed everything except the parameters', async () => {
      const left = { Name: '/start-engines/dev/stops/users', Type: 'String', Value: '{}', Overwrite: true } as const;
      await door.clients.ssm.send(new PutParameterCommand(left));
      const { exitCode, output, calls } = await deploy(['dev', '--destroy', '--yes'], '', { OUTPUTS: '{}' });

      expect(exitCode, output).toBe(0);
      expect(calls.filter(([command]) => command === 'destroy')).toEqual([everything()]);
      expect(await parameters()).toEqual([]);
    });
  });

  describe('a saved plan', () => {
    const saved = (path: string, zipHash: string) => ({
      SAVED: JSON.stringify({
        planned_values: { outputs: { parameter_path: { value: path } } },
        resource_changes: [
          {
            address: 'module.start_engines.module.lambda.aws_lambda_function.this',
            change: { after: { filename: join(folder, 'function.zip'), source_code_hash: zipHash } },
          },
        ],
      }),
    });
    /** SHA-256 of `zip`. */
    const zipHash = 'SnD+mqZDbgLC3qNA+9HjUuTvLYzmylKtJdS5VHH8i/I=';
    const file = relative(root, planFile);

    test('stays in a file with --plan, which prints how to apply it, and nothing is asked or applied', async () => {
      const { exitCode, output, calls, planLeft } = await deploy(['dev', '--plan'], '');

      expect(exitCode, output).toBe(0);
      expect(calls).toEqual(planned());
      expect(planLeft).toBe(true);
      expect(output).toContain(`The plan is in ${file}. It contains values of variables`);
      expect(output).toContain(`npm run deploy dev -- --apply ${file} --var-file ${join(folder, 'dev.tfvars')}\n`);
    });

    test.each([
      ['without changes', '0', 0],
      ['that failed', '1', 1],
    ])('is not kept from a plan %s', async (_what, status, exit) => {
      const { exitCode, planLeft } = await deploy(['dev', '--plan'], '', { PLAN_STATUS: status });

      expect(exitCode).toBe(exit);
      expect(planLeft).toBe(false);
    });

    test('is applied as it is with --apply, without another plan, and deleted', async () => {
      writeFileSync(planFile, 'secret');
      const { exitCode, output, calls, planLeft } = await deploy(
        ['dev', '--apply', file],
        '',
        saved('/start-engines/dev', zipHash),
      );

      expect(exitCode, output).toBe(0);
      expect(calls).toEqual([
        ...planned().slice(0, 2),
        ['show', '-json', planFile, ''],
        ['apply', '-input=false', planFile, ''],
        read,
      ]);
      expect(planLeft).toBe(false);
      expect(output).toContain('The function answers: ');
    });

    test.each([
      [
        'of another workspace',
        '/start-engines/prod',
        zipHash,
        'The plan is for /start-engines/prod, not for the workspace dev.',
      ],
      ['that was saved with another zip', '/start-engines/dev', 'other', 'has changed since the plan was saved.'],
    ])('%s is refused and kept', async (_what, path, hash, words) => {
      writeFileSync(planFile, 'secret');
      const { exitCode, output, calls, planLeft } = await deploy(['dev', '--apply', file], '', saved(path, hash));

      expect(exitCode).toBe(1);
      expect(output).toContain(words);
      expect(calls.map(([command]) => command)).not.toContain('apply');
      expect(planLeft).toBe(true);
    });
  });

  describe('sample values', () => {
    test.each(['dev', 'staging', 'prod'])(
      'of %s.tfvars are refused with their variables, before terraform runs',
      async (workspace) => {
        const { exitCode, output, calls } = await deployWith([workspace, '--yes'], '');

        expect(exitCode).toBe(1);
        expect(calls).toEqual([]);
        expect(output).toContain(
          `terraform/environments/${workspace}.tfvars still contains sample values, and nothing was changed.`,
        );
        expect(output).toContain('  vpc_id: vpc-0a1b2c3d4e5f60718\n');
        expect(output).toContain('  task_subnets: subnet-0b1c2d3e4f5061728\n');
        expect(output).toContain('  load_balancer.subnets: subnet-0c1d2e3f405162738\n');
        expect(output).toContain('  load_balancer.certificate_arn: arn:aws:acm:us-east-2:123456789012:certificate/');
        expect(output).toContain('  services.auth.task_role_arns: arn:aws:iam::123456789012:role/auth-task\n');
      },
    );

    test.each([
      [
        'in quoted names and one line',
        'services = { "auth": { task_role_arns = ["arn:aws:iam::123456789012:role/a"] } }',
        'services.auth.task_role_arns',
      ],
      ['after a string with escapes', 'tags = { a = "\\"}# " }\nvpc_id = "vpc-0a1b2c3d4e5f60718"', 'vpc_id'],
      ['after a comment with brackets', '/* { */ # [\n// {\nvpc_id = "vpc-0a1b2c3d4e5f60718"', 'vpc_id'],
    ])('are found %s', async (_what, text, variable) => {
      const file = join(folder, 'other.tfvars');
      writeFileSync(file, text);
      const { exitCode, output } = await deployWith(['dev', '--var-file', file], '');

      expect(exitCode).toBe(1);
      expect(output).toContain(`\n  ${variable}: `);
    });
  });

  test.each([
    [['dev', '--plan', '--apply', 'x'], 'use one of --plan, --apply and --destroy'],
    [['dev', '--plan', '--smoke', 'users'], '--plan takes neither --smoke nor --replace-mapping'],
    [['dev', '--apply', 'nowhere.tfplan'], 'There is no plan '],
  ])('refuses %j', async (args, words) => {
    const { exitCode, output } = await deploy(args, '');

    expect(exitCode).toBe(1);
    expect(output).toContain(words);
  });

  test.each([
    ['no workspace', [], 'name one workspace'],
    ['the workspace default', ['default'], 'cannot be a workspace'],
    ['an unknown service', ['dev', '--yes', '--smoke', 'nosuch'], 'There is no service "nosuch" to start'],
  ])('refuses %s', async (_what, args, words) => {
    const { exitCode, output } = await deploy(args, '');

    expect(exitCode).toBe(1);
    expect(output).toContain(words);
  });

  test('refuses a workspace without variables', async () => {
    const { exitCode, output } = await deployWith(['nowhere'], '');

    expect(exitCode).toBe(1);
    expect(output).toContain('There is no terraform/environments/nowhere.tfvars');
  });
});
