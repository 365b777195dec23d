import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LambdaService } from '../../src/lambda/lambda-service.ts';
import { deploy, invoke, startLambda, zip } from './lambda-fixture.ts';

describe('a function that fails', () => {
  let lambda: LambdaService;
  beforeAll(() => {
    lambda = startLambda();
  });
  afterAll(() => lambda.close());

  const answerOf = async (source: string, members = {}) => invoke(lambda, await deploy(lambda, source, members));

  it('returns the name, message and stack of a thrown error', async () => {
    const { functionError, payload, log } = await answerOf(`
      class NotReady extends Error { name = 'NotReady'; }
      export const handler = async () => { throw new NotReady('too early'); };`);
    expect(functionError).toBe('Unhandled');
    expect(payload).toEqual({ errorType: 'NotReady', errorMessage: 'too early', trace: expect.any(Array) });
    expect((payload.trace as string[])[1]).toMatch(/^ {4}at .*handler .*index\.mjs/);
    expect(log).toMatch(/\tERROR\tInvoke Error \t{"errorType":"NotReady"/);
  });

  it('keeps its process after a thrown error', async () => {
    const name = await deploy(
      lambda,
      `export const handler = async (event) => { if (event.fail) throw new Error('no'); return { pid: process.pid }; };`,
    );
    const before = await invoke(lambda, name);
    await invoke(lambda, name, { fail: true });
    expect((await invoke(lambda, name)).payload).toEqual(before.payload);
  });

  it.each([
    ['a string', `export const handler = async () => { throw 'no'; };`, 'string', 'no'],
    [
      'a value that is not JSON',
      'export const handler = async () => ({ big: 1n });',
      'Runtime.JSONStringifyError',
      'Unable to stringify response body',
    ],
    ['a module that throws', `throw new TypeError('at import');`, 'TypeError', 'at import'],
    ['a module that is not JavaScript', 'export const = 1', 'Runtime.UserCodeSyntaxError', /^SyntaxError: /],
    [
      'a missing package',
      `import 'not-there'; export const handler = async () => 1;`,
      'Runtime.ImportModuleError',
      /Cannot find package 'not-there'/,
    ],
    [
      'no handler',
      'export const other = async () => 1;',
      'Runtime.HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'a handler that is not a function',
      'export const handler = 1;',
      'Runtime.HandlerNotFound',
      'index.handler is not a function',
    ],
    [
      'a callback handler on Node 24',
      'export const handler = (event, context, callback) => callback(null, 1);',
      'Runtime.CallbackHandlerDeprecated',
      /Node.js 24/,
    ],
    [
      'an uncaught exception',
      `export const handler = () => new Promise(() => setTimeout(() => { throw new RangeError('later'); }, 1));`,
      'RangeError',
      'later',
    ],
    [
      'an unhandled rejection',
      `export const handler = () => new Promise(() => { Promise.reject(new Error('lost')); });`,
      'Runtime.UnhandledPromiseRejection',
      /Error: lost/,
    ],
    [
      'an exit',
      'export const handler = async () => process.exit(3);',
      'Runtime.ExitError',
      /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3$/,
    ],
    [
      'an exit without a code',
      'export const handler = async () => process.exit(0);',
      'Runtime.ExitError',
      /^RequestId: [0-9a-f-]{36} Error: Runtime exited without providing a reason$/,
    ],
    [
      'an exit while it is loading',
      'process.exit(2);',
      'Runtime.ExitError',
      /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 2$/,
    ],
  ])('returns Unhandled for %s', async (_what, source, errorType, errorMessage) => {
    const { functionError, payload } = await answerOf(source);
    expect(functionError).toBe('Unhandled');
    expect(payload.errorType).toBe(errorType);
    if (typeof errorMessage === 'string') expect(payload.errorMessage).toBe(errorMessage);
    else expect(payload.errorMessage).toMatch(errorMessage);
  });

  it('names the missing file of the handler', async () => {
    const { payload } = await answerOf('', { Code: { ZipFile: zip({ 'other.mjs': '' }) } });
    expect(payload).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Error: Cannot find module 'index'",
    });
  });

  it('may use a callback on Node 22', async () => {
    const { payload } = await answerOf(
      'export const handler = (event, context, callback) => setTimeout(() => callback(null, { done: true }), 5);',
      { Runtime: 'nodejs22.x' },
    );
    expect(payload).toEqual({ done: true });
  });

  it('may be CommonJS in a folder', async () => {
    const { payload } = await answerOf('', {
      Handler: 'lib/main.run',
      Code: {
        ZipFile: zip({
          'lib/main.js': 'exports.run = async () => require("./value").value;',
          'lib/value.js': 'exports.value = 7;',
        }),
      },
    });
    expect(payload).toBe(7);
  });

  it('is loaded again in a new process after a failed start', async () => {
    const name = await deploy(
      lambda,
      `import { existsSync, writeFileSync } from 'node:fs';
      if (!existsSync('seen')) { writeFileSync('seen', ''); throw new Error('first time'); }
      export const handler = async () => 'up';`,
    );
    expect((await invoke(lambda, name)).payload.errorMessage).toBe('first time');
    expect((await invoke(lambda, name)).payload).toBe('up');
  });
});

describe('a handler that loads slowly', () => {
  const source = `
    import { existsSync, writeFileSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    const seen = process.env.MARKER;
    if (!existsSync(seen)) { writeFileSync(seen, ''); await delay(60_000); }
    export const handler = async () => 'loaded';`;

  it('is loaded again within the invocation if it exceeds Lambda’s limit', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slow-to-load-'));
    const lambda = startLambda({ initLimitMs: 3_000 });
    const Environment = { Variables: { MARKER: join(folder, 'seen') } };
    const { payload } = await invoke(lambda, await deploy(lambda, source, { Environment, Timeout: 30 }));
    expect(payload).toBe('loaded');
    expect(lambda.processes().map(({ exit, state }) => [exit?.signal, state])).toEqual([
      ['SIGKILL', 'ended'],
      [undefined, 'idle'],
    ]);
    await lambda.close();
    await rm(folder, { recursive: true });
  });
});
