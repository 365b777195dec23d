import { type AwsOperation, callAws, classifyAwsError } from '@start-engines/aws';
import { formatMoment, type StartEnginesError } from '@start-engines/core';
import type { AwsAccess } from './aws-access.ts';
import { notAws } from './aws-transport.ts';
import { CliError, interrupted } from './cli-error.ts';
import { exitCodeOf } from './describe-failure.ts';
import { exitCodes } from './exit-codes.ts';
import { pause } from './pause.ts';

/** The answer of the function. */
export interface FunctionReply {
  readonly statusCode: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface InvokeOptions {
  readonly aws: AwsAccess;
  readonly functionName: string;
  readonly signal: AbortSignal;
  /** The invocation changes something: it may take long, and it is not repeated when its answer is lost. */
  readonly changes?: boolean;
  /** Shown when the answer is lost or the wait is interrupted. */
  readonly hint?: string;
}

const throttlePausesMs = [500, 1_000, 2_000, 4_000];

/**
 * Invokes the deployed function and returns its answer. An error of the function is thrown here under the same name.
 *
 * @throws CliError by the function's own error name, `FunctionNotFound`, `FunctionDied`, `AnswerLost`, `Interrupted`
 * @throws StartEnginesError an AWS code, when Lambda could not be called
 */
export async function invokeFunction(
  event: Readonly<Record<string, unknown>>,
  options: InvokeOptions,
): Promise<FunctionReply> {
  const { functionName } = options;
  const reply = await send(event, options);
  const payload = Buffer.from(reply.Payload ?? []).toString('utf8');
  if (reply.FunctionError !== undefined) throw errorOfFunction(payload, functionName, options.hint);
  return readReply(payload, functionName);
}

/** @throws CliError `FunctionNotOurs` for an answer that is not start-engines': `--function` may name any function. */
export function readReply(payload: string, functionName: string): FunctionReply {
  const { statusCode, body } = (parse(payload) ?? {}) as Partial<FunctionReply>;
  if (typeof statusCode === 'number' && typeof body === 'object' && body !== null) return { statusCode, body };
  throw new CliError('FunctionNotOurs', `${functionName} is not a start-engines function. It answered: ${payload}`, {
    exitCode: exitCodes.failed,
  });
}

/** Undefined for text that is not JSON: any server may listen at --endpoint-url. */
function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

async function send(event: Readonly<Record<string, unknown>>, options: InvokeOptions) {
  const { aws, functionName, signal, changes = false, hint } = options;
  const operation: AwsOperation = { service: 'Lambda', operation: 'Invoke', about: { functionName } };
  const { InvokeCommand } = await import('./sdk/lambda.ts');
  const client = await (changes ? aws.patientLambda() : aws.lambda());
  // The function takes the moment of receipt for `asked`. An attempt that follows a refusal names the moment of the first one.
  let asked: string | undefined;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const Payload = JSON.stringify(asked === undefined ? event : { ...event, asked });
      const command = new InvokeCommand({ FunctionName: functionName, Payload });
      return await callAws(operation, () => client.send(command, { abortSignal: signal }));
    } catch (caught) {
      const error = classifyAwsError(caught, operation);
      if (signal.aborted) throw interrupted(hint);
      const pauseMs = throttlePausesMs[attempt];
      // A throttled invocation has not begun, so it can be repeated.
      if (error.code !== 'AwsThrottled' || pauseMs === undefined) throw toTellable(error, functionName, changes, hint);
      if (changes) asked ??= timeOfRefusal(error);
      await pause(pauseMs, signal);
      if (signal.aborted) throw interrupted(hint);
    }
  }
}

/**
 * When AWS refused the call, by its own clock: this machine's may be minutes behind, and a stop would then spare tasks.
 * `Date` has whole seconds, so the end of that second counts. Undefined for an answer without a date.
 */
function timeOfRefusal({ cause }: StartEnginesError): string | undefined {
  const { $response } = (cause ?? {}) as { $response?: { headers?: Readonly<Record<string, string>> } };
  const epochMs = Date.parse($response?.headers?.date ?? '');
  return Number.isNaN(epochMs) ? undefined : formatMoment(epochMs + 999);
}

/** Errors after which AWS cannot have received the invocation. */
const neverHeard = new RegExp(
  `^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|ERR_SSL_.*|${notAws})$`,
);

function toTellable(error: StartEnginesError, functionName: string, changes: boolean, hint?: string): Error {
  if (error.context.awsCode === 'ResourceNotFoundException') {
    return new CliError('FunctionNotFound', `Function ${functionName} does not exist.`, {
      exitCode: exitCodes.unknown,
      cause: error,
      hint: 'Check --workspace, --region and --function.',
    });
  }
  const isUnheard = neverHeard.test(String(error.context.awsCode));
  if (!changes || isUnheard || error.code !== 'AwsUnavailable') return error;
  return new CliError('AnswerLost', `The function was invoked, but its answer was lost: ${error.message}`, {
    exitCode: exitCodes.unknown,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Error names that Lambda gives when the function's process died: how far it got is unknown. */
const died = /^(Sandbox\.Timedout|Runtime\.|Function\.|Lambda\.)/;

function errorOfFunction(payload: string, functionName: string, hint?: string): CliError {
  const { errorType, errorMessage } = (parse(payload) ?? {}) as { errorType?: string; errorMessage?: string };
  const message = errorMessage ?? payload;
  if (errorType === undefined || died.test(errorType)) {
    return new CliError('FunctionDied', `${functionName} ended without an answer: ${message}`, {
      exitCode: exitCodes.unknown,
      details: { function: errorType ?? 'unnamed' },
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return new CliError(errorType, message, { exitCode: exitCodeOf(errorType) });
}
