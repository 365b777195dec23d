import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { unzipSync } from 'fflate';
import { buildLambdaPackage, zipName } from '../../scripts/lambda-package.ts';

export interface Invoked {
  /** What the function returned. */
  readonly value?: unknown;
  /** The thrown error, as Lambda shows it. */
  readonly thrown?: { readonly name: string; readonly message: string };
  /** Its log lines, all in JSON. */
  readonly log: readonly LogLine[];
}

export type LogLine = Readonly<Record<string, unknown>>;

export interface InvokeOptions {
  readonly requestId?: string;
  /** Null simulates a missing time, which does not happen on Lambda. */
  readonly remainingMs?: number | null;
}

/** The built zip, unpacked and running in its own process. */
export interface FunctionUnderTest extends AsyncDisposable {
  invoke(event: unknown, options?: InvokeOptions): Promise<Invoked>;
}

/** Builds the zip into a new folder, which the caller removes. */
export async function buildZip(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'start-engines-handler-'));
  await buildLambdaPackage(folder);
  return folder;
}

/** The variables that Lambda sets, and this process's path to Node, without the rest of its environment. */
function environmentOf(variables: Readonly<Record<string, string>>): Record<string, string> {
  const fromParent = ['PATH', 'Path', 'SystemRoot', 'TEMP', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(fromParent),
    AWS_REGION: 'us-east-2',
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret-of-the-function',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    POWERTOOLS_SERVICE_NAME: 'start-engines',
    POWERTOOLS_METRICS_NAMESPACE: 'StartEngines',
    PARAMETER_PATH: '/start-engines/test',
    CLUSTERS: 'engines',
    TZ: 'UTC',
    ...variables,
  };
}

/** A clock that runs `speed` times faster than the machine's. */
export interface FastClock {
  readonly speed: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

export function fastClock(speed: number): FastClock {
  const startedAt = Date.now();
  return { speed, now: () => startedAt + (Date.now() - startedAt) * speed };
}

/**
 * @param variables the function's environment in addition to Lambda's variables; `AWS_ENDPOINT_URL` is the address of AWS
 * @param clock the function's clocks and timers follow it
 */
export async function startFunction(
  zipFolder: string,
  variables: Readonly<Record<string, string>>,
  clock: FastClock,
): Promise<FunctionUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'start-engines-task-root-'));
  const files = unzipSync(await readFile(join(zipFolder, zipName)));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  const time = { now: clock.now(), speed: clock.speed, real: clock.speed === 1, socketFloorMs: 2_000 };
  const host = join(import.meta.dirname, 'function-host.mjs');
  const child = fork(host, [join(folder, 'index.mjs'), JSON.stringify(time)], {
    env: environmentOf(variables),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  const lines = collectLines(child);
  await once(child, 'message');
  return {
    async invoke(event, { requestId = randomUUID(), remainingMs = 300_000 } = {}) {
      const ended = lines.until(`END ${requestId}`);
      const answered = once(child, 'message');
      child.send({ event, requestId, remainingMs, now: clock.now() });
      const [outcome] = await answered;
      return { ...outcome, log: (await ended).map((line) => JSON.parse(line)) };
    },
    async [Symbol.asyncDispose]() {
      if (!child.connected) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Both streams, line by line: Powertools writes errors and warnings to the second one. */
function collectLines(child: ChildProcess) {
  const streams = [child.stdout, child.stderr].map((stream) => {
    if (stream === null) throw new Error('the function has no output');
    return createInterface({ input: stream });
  });
  return {
    /** The output up to the marker, which ends an invocation on both streams. */
    async until(marker: string): Promise<readonly string[]> {
      const ends = await Promise.all(streams.map((stream) => linesBefore(stream, marker)));
      return ends.flat();
    },
  };
}

function linesBefore(stream: Interface, marker: string): Promise<readonly string[]> {
  const lines: string[] = [];
  return new Promise((resolve) => {
    stream.on('line', function take(line) {
      if (line !== marker) return lines.push(line);
      stream.off('line', take);
      return resolve(lines);
    });
  });
}
