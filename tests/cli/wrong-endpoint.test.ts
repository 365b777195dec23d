import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInProcess } from './engines-in-process.ts';
import { runPiped } from './engines-process.ts';
import { readJson } from './json-schema.ts';

/** Answers of a server that is not AWS at `--endpoint-url`. */
const answers: Readonly<Record<string, (reply: ServerResponse) => void>> = {
  'a page': (reply) => reply.setHeader('content-type', 'text/html').end('<html>hello</html>'),
  'other JSON': (reply) => reply.setHeader('content-type', 'application/json').end('{"ok":true}'),
  nothing: (reply) => reply.end(),
  'a redirection': (reply) => reply.writeHead(302, { location: 'https://example.com/' }).end(),
  'status 404': (reply) => reply.writeHead(404).end('{"message":"Not Found"}'),
  'status 405': (reply) => reply.writeHead(405).end(),
  'status 502': (reply) => reply.writeHead(502).end('<html>Bad Gateway</html>'),
};

const environment = {
  AWS_REGION: 'us-east-2',
  AWS_ACCESS_KEY_ID: 'me',
  AWS_SECRET_ACCESS_KEY: 'me',
  // Without an editor, "mappings edit" makes no call.
  EDITOR: 'an-editor-that-is-never-opened',
};
let server: Server;
let port: number;
let folder: string;
let answer: (reply: ServerResponse) => void;
beforeAll(async () => {
  server = createServer((_request, reply) => answer(reply));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  folder = mkdtempSync(join(tmpdir(), 'engines-endpoint-'));
  writeFileSync(join(folder, 'auth.json'), '{"port":8080}');
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

const commands: readonly (readonly string[])[] = [
  ['status'],
  ['start', 'auth'],
  ['start', '--all'],
  ['stop', 'auth'],
  ['restart', 'auth'],
  ['reconcile'],
  ['reconcile', '--dry-run'],
  ['logs'],
  ['send', 'start', 'auth'],
  ['send', 'stop', 'auth', '--no-wait'],
  ['doctor', 'auth'],
  ['mappings', 'list'],
  ['mappings', 'get'],
  ['mappings', 'get', 'auth'],
  ['mappings', 'validate'],
  ['mappings', 'put', '<file>'],
  ['mappings', 'diff', 'auth'],
  ['mappings', 'edit', 'auth'],
  ['mappings', 'history', 'auth'],
  ['mappings', 'rollback', 'auth'],
];

describe.each(Object.entries(answers))('if another server answers with %s', (_what, answerSo) => {
  test('every command exits with 3, because the state is unknown', async () => {
    answer = answerSo;
    const ended: Record<string, unknown> = {};
    for (const words of commands) {
      const commandLine = words.map((word) => (word === '<file>' ? join(folder, 'auth.json') : word));
      const { exitCode, stdout } = await runInProcess(
        [...commandLine, '--endpoint-url', `http://127.0.0.1:${port}`, '--json'],
        environment,
      );
      ended[words.join(' ')] = [exitCode, readJson('error', stdout).exitCode];
    }
    expect(ended).toEqual(Object.fromEntries(commands.map((words) => [words.join(' '), [3, 3]])));
  });
});

test('the command as a process says which server answered, and what to check', async () => {
  answer = answers['a page'] as typeof answer;
  const url = `http://127.0.0.1:${port}`;
  const { exitCode, stderr } = await runPiped(['status', '--endpoint-url', url], environment);

  expect(exitCode).toBe(3);
  expect(stderr).toBe(
    `AwsUnavailable: ${url} is not an AWS endpoint: its response has no request ID.\nCheck --endpoint-url or AWS_ENDPOINT_URL.\n`,
  );
});

test.each([
  ['a port that does not speak TLS', () => `https://127.0.0.1:${port}`],
  ['a port on which nothing listens', () => 'http://127.0.0.1:9'],
  ['a name that does not resolve', () => 'http://nosuch.invalid'],
])('%s counts as no answer', async (_what, url) => {
  for (const words of [['status'], ['start', 'auth'], ['mappings', 'list']]) {
    const { exitCode, stdout } = await runInProcess([...words, '--endpoint-url', url(), '--json'], environment);
    expect([exitCode, readJson('error', stdout).error.code]).toEqual([3, 'AwsUnavailable']);
  }
});
