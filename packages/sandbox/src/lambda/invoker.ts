import type { SandboxClock } from '../clock.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import { formatReport } from './invocation-log.ts';
import type { InvocationOutcome, InvocationRequest } from './lambda-process.ts';
import type { LeasedProcess, ProcessPool } from './process-pool.ts';
import { exitError } from './runtime-error.ts';

const responseLimitBytes = 6_291_556;

export interface FinishedInvocation {
  readonly outcome: InvocationOutcome;
  /** The log of this invocation, including Lambda's own lines. */
  readonly log: string;
}

/** The log of one invocation. */
export interface LogWriter {
  /** Writes lines as they arrive. */
  write(text: string): void;
  /** Ends the invocation with its full log. */
  end(whole: string): Promise<void>;
}

/** The log stream of a process, created with the process. */
export interface LogDestination {
  readonly streamName: string;
  readonly isFirst: boolean;
}

/** Runs one invocation in one process, from START to REPORT. */
export async function runInvocation(
  configuration: FunctionConfiguration,
  request: InvocationRequest,
  services: {
    readonly pool: ProcessPool;
    readonly clock: SandboxClock;
    readonly openLog: (destination: LogDestination) => LogWriter;
  },
): Promise<FinishedInvocation> {
  const { clock, pool } = services;
  const leased = await pool.lease(configuration);
  const initOutput = leased.process.takeOutput();
  const { requestId } = request;
  const writer = services.openLog({ streamName: leased.logStreamName, isFirst: leased.initMs !== undefined });
  const beginning = joinLines([
    leased.initMs === undefined
      ? ''
      : `INIT_START Runtime Version: ${configuration.runtime.replace(/^nodejs/, 'nodejs:')}`,
    initOutput,
    `START RequestId: ${requestId} Version: ${configuration.version}`,
  ]);
  writer.write(beginning);
  leased.process.onOutput(writer.write);
  const startedAt = clock.now();
  const outcome = await answer(leased, request);
  const durationMs = clock.now() - startedAt;
  const timedOut = outcome.kind === 'timed-out';
  const output = leased.process.takeOutput();
  // Later output belongs to the next invocation.
  leased.process.onOutput(() => {});
  const ending = joinLines([
    `END RequestId: ${requestId}`,
    formatReport({
      requestId,
      durationMs,
      initMs: leased.initMs,
      memorySize: configuration.memorySize,
      maxRssBytes: leased.process.usage().maxRssBytes,
      timedOut,
    }),
    outcome.kind === 'succeeded' || outcome.error.trace !== undefined
      ? ''
      : `${new Date(clock.now()).toISOString()} ${requestId} ${outcome.error.errorMessage.replace(/^.*? Error: /, '')}`,
  ]);
  writer.write(ending);
  const log = beginning + output + ending;
  await writer.end(log);
  leased.release();
  return { outcome, log };
}

async function answer(leased: LeasedProcess, request: InvocationRequest): Promise<InvocationOutcome> {
  const { initFailure } = leased;
  if (initFailure !== undefined) {
    return {
      kind: 'failed',
      error: 'errorType' in initFailure ? initFailure : exitError(request.requestId, initFailure),
    };
  }
  const outcome = await leased.process.invoke(request);
  if (outcome.kind !== 'succeeded' || Buffer.byteLength(outcome.payload) <= responseLimitBytes) return outcome;
  return {
    kind: 'failed',
    error: {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${responseLimitBytes} bytes).`,
    },
  };
}

function joinLines(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => (part.endsWith('\n') ? part : `${part}\n`))
    .join('');
}
