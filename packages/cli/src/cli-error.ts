import { type ExitCode, exitCodes } from './exit-codes.ts';

export interface CliErrorOptions {
  readonly exitCode: ExitCode;
  readonly cause?: unknown;
  /** How to fix it; a command if there is one. */
  readonly hint?: string;
  /** What people read below the message. */
  readonly lines?: readonly string[];
  /** Further fields of the error in `--json`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error that the command itself reports. Every other error is from AWS, or a defect. */
export class CliError extends Error {
  /** Stable, for scripts: `Usage`, `NotConfirmed`, or an error name of the function (docs/errors.md). */
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

/** The command line is not valid. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError('Usage', message, { exitCode: exitCodes.usage, ...(hint === undefined ? {} : { hint }) });
}

/** Ctrl-C. @param hint what continues anyway */
export function interrupted(hint?: string): CliError {
  return new CliError('Interrupted', 'Interrupted.', {
    exitCode: exitCodes.interrupted,
    ...(hint === undefined ? {} : { hint }),
  });
}
