// Attack review, finding 17: a stop reason with a line break added a line to the operator's output.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInProcess } from './engines-in-process.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = 60;

/** AWS with an outside text in every field of its answers that other principals can write. */
let server: Server;
let answer: { readonly body: unknown; readonly failed?: boolean };
let environment: Readonly<Record<string, string>>;
beforeAll(async () => {
  server = createServer((request, reply) => {
    request.resume();
    const failed = answer.failed ? { 'x-amz-function-error': 'Unhandled' } : {};
    reply.writeHead(200, { 'x-amzn-requestid': 'request', 'content-type': 'application/json', ...failed });
    reply.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-2',
    AWS_ACCESS_KEY_ID: 'me',
    AWS_SECRET_ACCESS_KEY: 'me',
  };
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const statusOf = (text: string) => ({
  service: 'auth',
  tasks: [
    {
      taskArn: `arn:task/${text}`,
      taskId: text,
      lastStatus: text,
      desiredStatus: 'RUNNING',
      ageSeconds: 1,
      privateIp: text,
      factsProblem: { kind: 'missing', message: text },
    },
  ],
  targetGroups: [{ targetGroupArn: `arn/${text}/1`, targets: [], problem: text }],
  lastStop: {
    taskArn: `arn:task/${text}`,
    code: text,
    reason: text,
    containers: [{ name: text, exitCode: 1, reason: text }],
  },
  mapping: { problems: [{ parameter: text, version: 1, key: text, message: text }] },
  problems: [{ code: 'AwsRejected', message: text }],
});

const outcomeOf = (text: string) => ({
  service: text,
  registered: [{ targetGroupArn: text, ip: text, port: 1 }],
  deregistered: [],
  tasksRetired: [],
  tasksStopped: [text],
  remarks: [text],
});

const logOf = (text: string) => ({
  message: text,
  level: 'ERROR',
  serviceName: text,
  reason: text,
  error: { name: text },
});

const commands: readonly (readonly [string, readonly string[], (text: string) => typeof answer])[] = [
  ['status', ['status', 'auth'], (text) => ({ body: { statusCode: 200, body: statusOf(text) } })],
  [
    'start',
    ['start', 'auth'],
    (text) => ({ body: { statusCode: 200, body: { service: 'auth', message: text, taskId: text } } }),
  ],
  [
    'stop of several services',
    ['stop', 'auth', 'pdf'],
    (text) => ({
      body: {
        statusCode: 200,
        body: {
          results: [
            { service: text, status: 'stopped' },
            { service: 'pdf', error: text, message: text },
          ],
        },
      },
    }),
  ],
  [
    'an error of the function',
    ['restart', 'auth'],
    (text) => ({ failed: true, body: { errorType: `X${text}`, errorMessage: text } }),
  ],
  ['reconcile', ['reconcile'], (text) => ({ body: { statusCode: 200, body: { results: [outcomeOf(text)] } } })],
  [
    'logs',
    ['logs'],
    (text) => ({
      body: {
        events: [
          { timestamp: 1, message: JSON.stringify(logOf(text)), eventId: 'a' },
          { timestamp: 2, message: text, eventId: 'b' },
        ],
      },
    }),
  ],
  [
    'mappings get --reveal',
    ['mappings', 'get', '--reveal'],
    (text) => ({
      body: {
        Parameters: ['auth', 'pdf'].map((name) => ({
          Name: `/start-engines/dev/services/${name}`,
          Value: name === 'auth' ? `no JSON ${text}` : JSON.stringify({ text }),
          Version: 1,
          LastModifiedDate: 1,
        })),
      },
    }),
  ],
];

const breaking = [
  '\n',
  '\r',
  '\r\n',
  '\t',
  '\v',
  '\f',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u001bE',
  '\u001b[1E',
  '\u001b[2K\r',
];
const others = ['\u001b]0;', '\u009b2J', '\u202e', '\u2066', '\u200f', '\u0000', '\u007f', '\u001b', 'text', ' '];
const outside = fc
  .array(fc.oneof(fc.constantFrom(...breaking), fc.constantFrom(...others), fc.string({ maxLength: 3 })), {
    maxLength: 8,
  })
  .map((parts) => `a${parts.join('')}${'\n'}FORGED`);
/** All control characters of a terminal, except the command's own line breaks. */
const obeyed = /[^\P{Cc}\n]|[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

test.each(commands)('no outside text can forge a line: %s', async (_what, commandLine, answerWith) => {
  console.log(`seed ${seed}`);
  const run = async (text: string) => {
    answer = answerWith(text);
    const { stdout, stderr } = await runInProcess(commandLine, environment);
    return `${stdout}\n${stderr}`;
  };
  const lines = (await run('harmless')).split('\n').length;
  await fc.assert(
    fc.asyncProperty(outside, async (text) => {
      const shown = await run(text);
      expect(shown).not.toMatch(obeyed);
      expect(shown).not.toMatch(/^ *FORGED/m);
      expect(shown.split('\n')).toHaveLength(lines);
    }),
    { seed, numRuns: runs },
  );
});
