import { logMessages } from '@start-engines/core';
import type { LogLine } from '../logs/read-log-line.ts';

/** An attempt of the function that failed, as its log tells it. */
export interface FailedAttempt {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** What has come of an event so far. */
export interface Verdict {
  readonly state: 'unseen' | 'running' | 'done' | 'superseded' | 'failed';
  /** Of the invocation; Lambda's further attempts have the same. */
  readonly requestId?: string;
  readonly failures: readonly FailedAttempt[];
}

/** Lambda tries an asynchronous invocation twice more. */
const mostAttempts = 3;

/**
 * What the function's log says of one event: of the lines about its correlation id and, from the first of them on, about
 * the request. It has failed for good when no attempt is left, or another would fail the same way.
 */
export function judgeOutcome(lines: readonly LogLine[]): Verdict {
  const requestId = lines.find(({ message }) => message === logMessages.request)?.requestId;
  const failures = lines.flatMap((line) => readFailure(line));
  const request = requestId === undefined ? {} : { requestId };
  for (const state of ['done', 'superseded'] as const) {
    const ended = lines.some(({ kind, message }) => kind === 'ours' && message === logMessages[state]);
    if (ended) return { state, failures, ...request };
  }
  const last = failures.at(-1);
  if (last !== undefined && (!last.retryable || failures.length >= mostAttempts)) {
    return { state: 'failed', failures, ...request };
  }
  return { state: requestId === undefined ? 'unseen' : 'running', failures, ...request };
}

function readFailure({ kind, message, fields }: LogLine): FailedAttempt[] {
  if (kind === 'ours' && message === logMessages.failed) {
    const {
      name,
      message: words,
      retryable,
    } = fields.error as { name?: string; message?: string; retryable?: boolean };
    return [{ code: name ?? 'Internal', message: words ?? '', retryable: retryable !== false }];
  }
  const died = /^(Task timed out after .*|.*Runtime exited.*)$/.exec(message);
  return kind === 'lambda' && died !== null ? [{ code: 'FunctionDied', message, retryable: true }] : [];
}
