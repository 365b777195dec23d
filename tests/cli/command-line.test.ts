import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/tasks.ts';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { runPiped, startOnTerminal } from './engines-process.ts';
import { readJson } from './json-schema.ts';

/** No server listens there, so calls to AWS fail. */
const nowhere = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_REGION: 'us-east-2',
  AWS_ACCESS_KEY_ID: 'me',
  AWS_SECRET_ACCESS_KEY: 'me',
};
const engines = (...commandLine: string[]) => runPiped(commandLine, nowhere);

describe('an invalid command line', () => {
  test.each([
    [['fly'], /unknown command 'fly'/],
    [['stauts'], /Did you mean status\?/],
    [['start', 'auth', '--wait', 'forever'], /Allowed choices are none, running, healthy\./],
    [['start'], /^Name the services, or use --all\.$/m],
    [['start', 'Auth'], /"Auth" is not a service name: /],
    [['start', 'auth', 'pdf', '--set', 'port=1'], /--set is for one service at a time\./],
    [['start', 'auth', '--set', 'role=admin'], /--set has no key "role"; the keys are cluster, /],
    [['status', '--interval', '0'], /a number of seconds from 0\.2 to 3600/],
    [['start', 'auth', '--set', 'constructor=x'], /--set has no key "constructor"; the keys are cluster, /],
    [['start', 'auth', '--set', '__proto__.x=1'], /--set has no key "__proto__\.x"; /],
    [
      ['start', 'auth', '--set', 'environment.__proto__=x'],
      /--set environment\.__proto__: "__proto__" is not a variable name/,
    ],
    [
      ['start', 'auth', '--set', 'environment.=x'],
      /--set environment\.: "" is not a variable name; expected the name of/,
    ],
    [['start', 'auth', '--set', 'port=1', '--set', 'port=2'], /--set port is given twice\./],
    [
      ['start', 'auth', '--set', 'environment.A=1', '--set', 'environment.A=1'],
      /--set environment\.A is given twice\./,
    ],
    [['send', 'start', 'auth', 'pdf', '--set', 'port=1'], /--set is for one service at a time\./],
    [['logs', '--since', 'yesterday'], /Expected a number with s, m, h or d/],
    [['send', 'stop', 'auth', '--set', 'port=1'], /--until and --set apply to start only\./],
    [['status', '--workspace', 'Prod'], /--workspace must be 1 to 12 of a-z/],
    [['status', '--endpoint-url', 'localhost'], /--endpoint-url must be a URL/],
    [['status', '--endpoint-url', 'ftp://x'], /--endpoint-url must be a URL/],
    [['status', '--function', ''], /--function must be the name or the ARN of a function/],
    [['send', 'start', 'auth', '--bus', ''], /--bus must be the name or the ARN of an event bus/],
    [['send', 'start', 'auth', '--source', ''], /--source must not be empty/],
    [['mappings', 'get', 'auth', '--output', ''], /--output must be a file or a folder/],
    [['mappings', 'edit', 'auth'], /^Editing needs a terminal: use get --output and put, or set EDITOR\.$/m],
  ])('%j exits with 2 and says why', async (commandLine, why) => {
    const { exitCode, stdout, stderr } = await engines(...commandLine);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(why);
  });

  test('the error is also available as JSON', async () => {
    const { exitCode, stdout } = await engines('fly', '--json');
    expect(exitCode).toBe(2);
    expect(readJson('error', stdout)).toMatchObject({ error: { code: 'Usage' }, exitCode: 2 });
  });

  test.each([[['--json']], [['mappings', '--json']]])('%j: a missing command is reported', async (words) => {
    const { exitCode, stdout } = await engines(...words);
    expect(exitCode).toBe(2);
    expect(readJson('error', stdout).error.message).toBe('A command is missing.');
  });
});

describe('without AWS', () => {
  test('the status is unknown, not "not running"', async () => {
    const { exitCode, stdout } = await engines('status', '--json');
    expect(exitCode).toBe(3);
    expect(readJson('error', stdout)).toMatchObject({ error: { code: 'AwsUnavailable' } });
  });

  test('without credentials the command says where they can come from', async () => {
    const none = { AWS_CONFIG_FILE: join(root, 'none'), AWS_SHARED_CREDENTIALS_FILE: join(root, 'none') };
    const environment = { ...none, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-2' };
    const { exitCode, stderr } = await runPiped(['status'], environment);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^AwsAccessDenied: .*\nCredentials come from --profile, /);
  });
});

/** The access key and the Region of each call's signature. */
const signedWith = /Credential=([^/]+)\/\d+\/([^/]+)\//;

test('--profile sets the credentials and the Region, regardless of the environment', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'engines-profile-'));
  const files = {
    AWS_CONFIG_FILE: join(folder.path, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder.path, 'credentials'),
  };
  await writeFile(files.AWS_CONFIG_FILE, '[profile ops]\nregion = eu-west-1\n');
  const keys = 'aws_access_key_id = OPS\naws_secret_access_key = secret\n';
  await writeFile(files.AWS_SHARED_CREDENTIALS_FILE, `[ops]\n${keys}`);
  const signatures: string[] = [];
  const server = createServer((request, response) => {
    signatures.push(request.headers.authorization ?? '');
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end('{"__type":"AccessDenied"}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { AWS_REGION: _, ...others } = nowhere;
  const environment = { ...others, ...files, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
  const { exitCode } = await runPiped(['status', '--profile', 'ops'], environment);
  server.close();
  expect(exitCode).toBe(3);
  expect(signatures.length).toBeGreaterThan(0);
  expect(new Set(signatures.map((one) => signedWith.exec(one)?.slice(1).join(' in ')))).toEqual(
    new Set(['OPS in eu-west-1']),
  );
});

describe('help', () => {
  test('lists every command, and exits with 0', async () => {
    const { exitCode, stdout } = await engines('--help');
    expect(exitCode).toBe(0);
    const readme = readFileSync(join(root, 'packages', 'cli', 'README.md'), 'utf8');
    const documented = [...readme.matchAll(/^\| `engines ([a-z]+)/gm)].map(([, name]) => name);
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
    expect(new Set(documented)).toEqual(new Set(listed.filter((name) => name !== 'help')));
  });

  test('fits a narrow terminal', async () => {
    const { text } = await startOnTerminal(['start', '--help'], nowhere, 80).ended;
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('completion', () => {
  test.each([
    [['st'], ['status', 'start', 'stop']],
    [
      ['start', '--wait', ''],
      ['none', 'running', 'healthy'],
    ],
    [['logs', '--f'], ['--follow']],
    [['--w'], ['--workspace']],
  ])('of %j', async (words, offered) => {
    const { exitCode, stdout } = await engines('complete', '--', ...words);
    expect(exitCode).toBe(0);
    const names = stdout.split('\n').flatMap((line) => (line.includes('\t') ? [line.split('\t')[0]] : []));
    expect(names).toEqual(expect.arrayContaining(offered));
  });

  const bash = spawnSync('bash', ['--version']).status === 0;
  test.skipIf(!bash && process.env.CI !== 'true')('the script for bash is valid bash', async () => {
    const { exitCode, stdout } = await engines('complete', 'bash');
    expect(exitCode).toBe(0);
    expect(spawnSync('bash', ['-n'], { input: stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

const noPnpm = whyNot(['pnpm', '--version']);
test(`in a clone, pnpm --silent engines writes only the command’s output to stdout${noPnpm}`, async ({ skip }) => {
  skip(!mayRun(noPnpm));
  const pnpm = (...words: string[]) =>
    spawnSync('pnpm', ['--silent', 'engines', ...words], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...nowhere },
      // On Windows only a shell finds `pnpm.cmd`. None of these words needs quoting.
      shell: process.platform === 'win32',
    });

  expect(pnpm('--version')).toMatchObject({ status: 0, stdout: '0.1.0\n' });
  const { status, stdout } = pnpm('status', '--json');
  expect(status).toBe(3);
  expect(readJson('error', stdout)).toMatchObject({ error: { code: 'AwsUnavailable' } });
});
