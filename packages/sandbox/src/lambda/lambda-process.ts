import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { SandboxClock } from '../clock.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import { collectOutput } from './process-output.ts';
import { exitError, type ProcessExit, type RuntimeErrorPayload, timedOutError } from './runtime-error.ts';

const bootstrapPath = fileURLToPath(new URL('./runtime/bootstrap.mjs', import.meta.url));

/** Resource usage of a process since its start. */
export interface ProcessUsage {
  readonly cpuUserMs: number;
  readonly cpuSystemMs: number;
  readonly maxRssBytes: number;
}

export interface InvocationRequest {
  readonly requestId: string;
  /** The event as JSON. */
  readonly payload: string;
  /** The invoked ARN, with the qualifier of the call. */
  readonly invokedArn: string;
  readonly clientContext?: unknown;
}

export type InvocationOutcome =
  | { readonly kind: 'succeeded'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: RuntimeErrorPayload }
  | { readonly kind: 'timed-out'; readonly error: RuntimeErrorPayload };

/** The result of loading the handler. `initMs` is in sandbox time. */
export interface Initialisation {
  readonly initMs: number;
  /** The error of the module, or the exit of the process before it was ready. */
  readonly failure?: RuntimeErrorPayload | ProcessExit;
  /** The invocation timed out, and the process was killed. */
  readonly timedOut: boolean;
}

/** An execution environment. It runs one invocation at a time. */
export interface LambdaProcess {
  readonly pid: number | undefined;
  /** Resolves when the handler has been loaded or has failed to load. */
  readonly ready: Promise<Initialisation>;
  readonly exited: Promise<ProcessExit>;
  invoke(request: InvocationRequest): Promise<InvocationOutcome>;
  /** Returns the output since the last call. */
  takeOutput(): string;
  /** Passes later output to the listener as it arrives. There is only one listener. */
  onOutput(listener: (text: string) => void): void;
  usage(): ProcessUsage;
  /** False after the process has exited or been killed. */
  alive(): boolean;
  kill(signal: NodeJS.Signals): void;
}

export interface LambdaProcessOptions {
  readonly clock: SandboxClock;
  readonly speed: number;
  readonly socketFloorMs: number;
  readonly configuration: FunctionConfiguration;
  readonly environment: Readonly<Record<string, string>>;
  /** Time limit for loading the handler, in real milliseconds: starting a process does not get faster. */
  readonly initLimitMs: number;
}

interface Report {
  readonly kind: 'ready' | 'init-failed' | 'succeeded' | 'failed';
  readonly usage: ProcessUsage;
  readonly payload?: string;
  readonly error?: RuntimeErrorPayload;
  readonly exits?: boolean;
}

export function startLambdaProcess(options: LambdaProcessOptions): LambdaProcess {
  const { clock, configuration } = options;
  const marker = `\u0001${randomUUID()}\u0001`;
  const child = spawnRuntime(options);
  const output = collectOutput(child, marker);
  let usage: ProcessUsage = { cpuUserMs: 0, cpuSystemMs: 0, maxRssBytes: 0 };
  let alive = true;
  let exit: ProcessExit | undefined;
  let waiter: ((report: Report | ProcessExit) => void) | undefined;

  child.on('message', (message) => {
    const report = message as Report;
    usage = report.usage;
    if (report.exits) alive = false;
    void output.untilMarked().then(() => waiter?.(report));
  });
  const exited = new Promise<ProcessExit>((resolve) => {
    const end = (ended: ProcessExit) => {
      if (exit !== undefined) return;
      exit = ended;
      alive = false;
      waiter?.(ended);
      resolve(ended);
    };
    child.once('close', (exitCode, signal) => end({ exitCode, signal }));
    child.once('error', () => end({ exitCode: 127, signal: null }));
  });

  /** The next report or the exit of the process, whichever comes first. */
  const next = () =>
    new Promise<Report | ProcessExit>((resolve) => {
      if (exit !== undefined) return resolve(exit);
      waiter = (report) => {
        waiter = undefined;
        resolve(report);
      };
    });
  const kill = (signal: NodeJS.Signals) => {
    alive = false;
    child.kill(signal);
  };
  const post = (message: Readonly<Record<string, unknown>>) => {
    // `close` reports a process that has exited, so a failed write can be ignored.
    if (child.connected) child.send(message, () => {});
  };

  return {
    pid: child.pid,
    exited,
    takeOutput: output.take,
    onOutput: output.listen,
    usage: () => usage,
    alive: () => alive,
    kill,
    ready: initialise(),
    invoke,
  };

  async function initialise(): Promise<Initialisation> {
    const startedAt = clock.now();
    let timedOut = false;
    const cancel = clock.after(options.initLimitMs * Math.max(1, options.speed), () => {
      timedOut = true;
      kill('SIGKILL');
    });
    const answer = next();
    post({
      kind: 'init',
      marker,
      handler: configuration.handler,
      allowsCallback: configuration.runtime === 'nodejs22.x',
      time: {
        now: clock.now(),
        speed: options.speed,
        real: options.speed === 1 && Math.abs(clock.now() - Date.now()) < 1000,
        socketFloorMs: options.socketFloorMs,
      },
    });
    const report = await answer;
    cancel();
    const initMs = clock.now() - startedAt;
    const failure = 'kind' in report ? report.error : report;
    return failure === undefined ? { initMs, timedOut: false } : { initMs, timedOut, failure };
  }

  async function invoke(request: InvocationRequest): Promise<InvocationOutcome> {
    const timeoutMs = configuration.timeoutSeconds * 1000;
    let timedOut = false;
    const cancel = clock.after(timeoutMs, () => {
      timedOut = true;
      kill('SIGKILL');
    });
    const answer = next();
    const now = clock.now();
    post({
      kind: 'invoke',
      ...request,
      now,
      deadlineMs: now + timeoutMs,
      functionName: configuration.functionName,
      functionVersion: configuration.version,
      memorySize: configuration.memorySize,
      traceId: createTraceId(now),
    });
    const report = await answer;
    cancel();
    if (timedOut) return { kind: 'timed-out', error: timedOutError(request.requestId, timeoutMs) };
    if (!('kind' in report)) return { kind: 'failed', error: exitError(request.requestId, report) };
    if (report.kind === 'succeeded') return { kind: 'succeeded', payload: report.payload ?? 'null' };
    return { kind: 'failed', error: report.error ?? exitError(request.requestId, { exitCode: null, signal: null }) };
  }
}

function spawnRuntime(options: LambdaProcessOptions): ChildProcess {
  const { memorySize, code } = options.configuration;
  return spawn(process.execPath, [`--max-old-space-size=${Math.floor(memorySize * 0.9)}`, bootstrapPath], {
    cwd: code.taskRoot,
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  });
}

function createTraceId(now: number): string {
  const hex = () => randomUUID().replaceAll('-', '');
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${hex().slice(0, 24)};Parent=${hex().slice(0, 16)};Sampled=0`;
}
