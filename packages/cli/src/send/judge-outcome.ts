import { logMessages } from '@start-engines/core';
import type { LogLine } from '../logs/read-log-line.ts';

/** A failed attempt of the function, from its log. */
export interface FailedAttempt {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** The outcome of an event so far. */
export interface Verdict {
  readonly state: 'unseen' | 'running' | 'done' | 'superseded' | 'failed';
  /** The request ID of the invocation; Lambda's retries have the same one. */
  readonly requestId?: string;
  readonly failures: readonly FailedAttempt[];
}

/** Lambda retries an asynchronous invocation twice. */
const mostAttempts = 3;

/**
 * The outcome of one event, from the log lines about its correlation ID and, from the first of them on, about the
 * request. It is `failed` when no attempt is left, or when another one would fail the same way.
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
