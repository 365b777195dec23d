import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { unzipSync } from 'fflate';
import { buildActivatorPackage, zipName } from '../../scripts/lambda-package.ts';

export interface AlbResult {
  readonly statusCode: number;
  readonly statusDescription: string;
  readonly isBase64Encoded: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

/** The built zip, unpacked and running in its own process. */
export interface ActivatorUnderTest extends AsyncDisposable {
  /** @throws the function's error */
  invoke(event: unknown, options?: { readonly remainingMs?: number; readonly requestId?: string }): Promise<AlbResult>;
  /** Moves its clock. @returns its new time, in milliseconds since the epoch */
  advance(milliseconds: number): Promise<number>;
  /** Its log lines, all in JSON. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
}

export const parameterPath = '/start-engines/test';
export const secretKey = 'secret-of-the-activator';
export const sessionToken = 'token-of-the-activator';

/** @param endpoint the address of AWS */
export async function startActivator(endpoint: string): Promise<ActivatorUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'start-engines-activator-'));
  await buildActivatorPackage(folder);
  const files = unzipSync(await readFile(join(folder, zipName)));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  const child = fork(join(import.meta.dirname, 'activator-host.mjs'), [join(folder, 'index.mjs')], {
    env: {
      ...fromParent(),
      AWS_REGION: 'us-east-2',
      AWS_ACCESS_KEY_ID: 'AKIAACTIVATOR',
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_ENDPOINT_URL: endpoint,
      PARAMETER_PATH: parameterPath,
      EVENT_BUS_NAME: 'engines',
      WORKSPACE: 'test',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: [],
  });
  const log: Record<string, unknown>[] = [];
  if (child.stdout === null) throw new Error('the function has no output');
  createInterface({ input: child.stdout }).on('line', (line) => log.push(JSON.parse(line)));
  const waiting = new Map<string, (reply: Reply) => void>();
  await once(child, 'message');
  child.on('message', (reply: Reply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  const send = (message: object, id: string = randomUUID()) => {
    const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    child.send({ ...message, id });
    return replied;
  };
  return {
    log,
    async invoke(event, { remainingMs = 30_000, requestId } = {}) {
      const { value, thrown } = await send({ event, remainingMs }, requestId);
      if (value === undefined) throw new Error(thrown);
      return value;
    },
    async advance(advanceMs) {
      const { now = 0 } = await send({ advanceMs });
      return now;
    },
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      if (child.connected) child.disconnect();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Reply {
  readonly id: string;
  readonly value?: AlbResult;
  readonly thrown?: string;
  readonly now?: number;
}

/** The variables that a process needs to run at all. */
function fromParent(): Readonly<Record<string, string>> {
  const names = ['PATH', 'Path', 'SystemRoot', 'TEMP', 'TMPDIR'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
