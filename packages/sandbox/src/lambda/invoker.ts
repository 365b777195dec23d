import type { SandboxClock } from '../clock.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import { formatReport } from './invocation-log.ts';
import type { InvocationOutcome, InvocationRequest } from './lambda-process.ts';
import type { LeasedProcess, ProcessPool } from './process-pool.ts';
import { exitError } from './runtime-error.ts';

const RESPONSE_LIMIT_BYTES = 6_291_556;

export interface FinishedInvocation {
  readonly outcome: InvocationOutcome;
  /** What this invocation logged, Lambda's own lines included. */
  readonly log: string;
}

/** Where one invocation logs. */
export interface LogWriter {
  /** Writes lines that come now. */
  write(text: string): void;
  /** The invocation is over, and this is all of its log. */
  end(whole: string): Promise<void>;
}

/** The stream of a process; it is made when the process is new. */
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
  // What comes now is the next invocation's.
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
  if (outcome.kind !== 'succeeded' || Buffer.byteLength(outcome.payload) <= RESPONSE_LIMIT_BYTES) return outcome;
  return {
    kind: 'failed',
    error: {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT_BYTES} bytes).`,
    },
  };
}

function joinLines(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => (part.endsWith('\n') ? part : `${part}\n`))
    .join('');
}
