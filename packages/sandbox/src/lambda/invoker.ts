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

/** Some text for a log stream, which is the first when the process is new. */
export interface LogText {
  readonly streamName: string;
  readonly isFirst: boolean;
  readonly text: string;
}

/** Runs one invocation in one process, from START to REPORT. */
export async function runInvocation(
  configuration: FunctionConfiguration,
  request: InvocationRequest,
  services: {
    readonly pool: ProcessPool;
    readonly clock: SandboxClock;
    readonly writeLog: (text: LogText) => Promise<void>;
  },
): Promise<FinishedInvocation> {
  const { clock, pool } = services;
  const leased = await pool.lease(configuration);
  const initOutput = leased.process.takeOutput();
  const startedAt = clock.now();
  const outcome = await answer(leased, request);
  const durationMs = clock.now() - startedAt;
  const timedOut = outcome.kind === 'timed-out';
  const { requestId } = request;
  const log = joinLines([
    leased.initMs === undefined
      ? ''
      : `INIT_START Runtime Version: ${configuration.runtime.replace(/^nodejs/, 'nodejs:')}`,
    initOutput,
    `START RequestId: ${requestId} Version: ${configuration.version}`,
    leased.process.takeOutput(),
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
  const { logStreamName: streamName, initMs } = leased;
  await services.writeLog({ streamName, isFirst: initMs !== undefined, text: log });
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
