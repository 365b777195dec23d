import { type ExitCode, exitCodes } from './exit-codes.ts';

export interface CliErrorOptions {
  readonly exitCode: ExitCode;
  readonly cause?: unknown;
  /** What to do about it: a command, where there is one. */
  readonly hint?: string;
  /** What people read below the message. */
  readonly lines?: readonly string[];
  /** Further members for the error in `--json`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error that the command tells in its own words. Every other error is a defect, or AWS's. */
export class CliError extends Error {
  /** Literal, for scripts: `Usage`, `NotConfirmed`, or an error name of the function (docs/errors.md). */
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  readonly lines: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: CliErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.exitCode = options.exitCode;
    this.hint = options.hint;
    this.lines = options.lines ?? [];
    this.details = options.details ?? {};
  }
}

/** The command line cannot be as it is. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError('Usage', message, { exitCode: exitCodes.usage, ...(hint === undefined ? {} : { hint }) });
}

/** Ctrl-C, and what goes on all the same. */
export function interrupted(hint?: string): CliError {
  return new CliError('Interrupted', 'Interrupted.', {
    exitCode: exitCodes.interrupted,
    ...(hint === undefined ? {} : { hint }),
  });
}
