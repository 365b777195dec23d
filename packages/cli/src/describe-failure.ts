import { StartEnginesError } from '@start-engines/core';
import { notAws } from './aws-transport.ts';
import { CliError } from './cli-error.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** A failure as it is reported: to people on stderr, to scripts as `{"error": …}`. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** What people read below the message. */
  readonly lines?: readonly string[];
  readonly exitCode: ExitCode;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Codes of docs/errors.md after which the state is unknown because AWS could not be read. */
const unknownAfter = /^Aws(AccessDenied|Throttled|Unavailable)$|^MappingUnavailable$/;

/** The command's exit code for an error of the function, by its name. */
export function exitCodeOf(code: string): ExitCode {
  if (unknownAfter.test(code)) return exitCodes.unknown;
  if (code === 'InvalidRequest') return exitCodes.usage;
  return code === 'Superseded' ? exitCodes.overtaken : exitCodes.failed;
}

/** Any error as it is reported. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CliError) {
    const { code, message, exitCode, hint, lines, details } = error;
    return { code, message, exitCode, lines, details, ...(hint === undefined ? {} : { hint }) };
  }
  if (error instanceof StartEnginesError) {
    const hint = hintFor(error);
    const { code, message } = error;
    return { code, message, exitCode: exitCodeOf(code), details: {}, ...(hint === undefined ? {} : { hint }) };
  }
  const message = String(error);
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line)) : [];
  return { code: 'Defect', message, exitCode: exitCodes.defect, lines: frames, details: {} };
}

function hintFor({ code, message, context }: StartEnginesError): string | undefined {
  if (!unknownAfter.test(code)) return undefined;
  if (context.awsCode === notAws) return 'Check --endpoint-url or AWS_ENDPOINT_URL.';
  if (/CredentialsProviderError|TokenProviderError/.test(String(context.awsCode)) || /credentials/i.test(message)) {
    return 'Credentials come from --profile, the environment or the AWS configuration files, as with the AWS CLI.';
  }
  return undefined;
}
