/** The payload of a failed invocation. */
export interface RuntimeErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** Lambda's error for a process that was killed at the function's timeout. */
export function timedOutError(requestId: string, timeoutMs: number): RuntimeErrorPayload {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

/** Lambda's error for a process that exited before it responded. */
export function exitError(requestId: string, exit: ProcessExit): RuntimeErrorPayload {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited ${describeExit(exit)}`,
  };
}

export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

const signalWords: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
};

function describeExit({ exitCode, signal }: ProcessExit): string {
  if (signal !== null) return `with error: signal: ${signalWords[signal] ?? signal}`;
  return exitCode === 0 ? 'without providing a reason' : `with error: exit status ${exitCode}`;
}
