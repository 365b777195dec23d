import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { strToU8, zipSync } from 'fflate';
import type { SandboxClock } from '../../src/clock.ts';
import { createLambdaService, type LambdaService, type LambdaServiceOptions } from '../../src/lambda/lambda-service.ts';
import { createRandom } from '../../src/random.ts';

/** Real time. */
export const wallClock: SandboxClock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Real time, accelerated by `speed`. */
export function createFastClock(speed: number): SandboxClock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * speed,
    after: (delayMs, callback) => wallClock.after(delayMs / speed, callback),
  };
}

export function startLambda(options: Partial<LambdaServiceOptions> = {}): LambdaService {
  return createLambdaService({
    clock: wallClock,
    random: createRandom(1),
    region: 'us-east-2',
    accountId: '123456789012',
    endpoint: () => 'http://127.0.0.1:4566',
    speed: 1,
    ...options,
  });
}

export function zip(files: Readonly<Record<string, string>>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}

type Members = Readonly<Record<string, unknown>>;

export async function call(lambda: LambdaService, operation: string, input: Members): Promise<Members> {
  const run = lambda.operations[operation];
  if (run === undefined) throw new Error(`there is no ${operation}`);
  return run(input, {
    service: 'lambda',
    operation,
    requestId: randomUUID(),
    region: 'us-east-2',
    accountId: '123456789012',
  });
}

/** Deploys one module as a function and returns its name. */
export async function deploy(lambda: LambdaService, source: string, members: Members = {}): Promise<string> {
  const FunctionName = String(members.FunctionName ?? `function-${randomUUID().slice(0, 8)}`);
  await call(lambda, 'CreateFunction', {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: 'arn:aws:iam::123456789012:role/start-engines-lambda-role-dev',
    Timeout: 10,
    Code: { ZipFile: zip({ 'index.mjs': source }) },
    ...members,
    FunctionName,
  });
  return FunctionName;
}

export interface Answer {
  readonly functionError: unknown;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly log: string;
}

export async function invoke(lambda: LambdaService, functionName: string, event: unknown = {}): Promise<Answer> {
  const reply = await call(lambda, 'Invoke', {
    FunctionName: functionName,
    Payload: Buffer.from(JSON.stringify(event)),
    LogType: 'Tail',
  });
  return {
    functionError: reply.FunctionError,
    payload: JSON.parse(Buffer.from(reply.Payload as Uint8Array).toString('utf8')),
    log: Buffer.from(String(reply.LogResult), 'base64').toString('utf8'),
  };
}

/** Waits for an effect of another process. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(10);
}
