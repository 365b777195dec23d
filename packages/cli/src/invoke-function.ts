import { type AwsOperation, callAws, classifyAwsError } from '@start-engines/aws';
import { formatMoment, type StartEnginesError } from '@start-engines/core';
import type { AwsAccess } from './aws-access.ts';
import { notAws } from './aws-transport.ts';
import { CliError, interrupted } from './cli-error.ts';
import { exitCodeOf } from './describe-failure.ts';
import { exitCodes } from './exit-codes.ts';
import { pause } from './pause.ts';

/** What a function answered. */
export interface FunctionReply {
  readonly statusCode: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface InvokeOptions {
  readonly aws: AwsAccess;
  readonly functionName: string;
  readonly signal: AbortSignal;
  /** The invocation changes something: it may last, and it is not made again when its answer is lost. */
  readonly changes?: boolean;
  /** What to say when the answer is lost, or not waited for. */
  readonly hint?: string;
}

const throttlePausesMs = [500, 1_000, 2_000, 4_000];

/**
 * Asks the deployed function and gives back what it says. What the function throws is thrown here under the same name.
 *
 * @throws CliError by the function's own error name, `FunctionNotFound`, `FunctionDied`, `AnswerLost`, `Interrupted`
 * @throws StartEnginesError an AWS code, when Lambda itself could not be asked
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

/** @throws CliError `FunctionNotOurs` for what start-engines never answers: `--function` may name anything. */
export function readReply(payload: string, functionName: string): FunctionReply {
  const { statusCode, body } = (parse(payload) ?? {}) as Partial<FunctionReply>;
  if (typeof statusCode === 'number' && typeof body === 'object' && body !== null) return { statusCode, body };
  throw new CliError('FunctionNotOurs', `${functionName} does not answer as start-engines does: ${payload}`, {
    exitCode: exitCodes.failed,
  });
}

/** Undefined for what is no JSON: whatever listens at --endpoint-url may have answered. */
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
      // A throttled invocation has not begun, so that making it again is no second one.
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

/** After these AWS has not so much as heard of the invocation. */
const neverHeard = new RegExp(
  `^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|ERR_SSL_.*|${notAws})$`,
);

function toTellable(error: StartEnginesError, functionName: string, changes: boolean, hint?: string): Error {
  if (error.context.awsCode === 'ResourceNotFoundException') {
    return new CliError('FunctionNotFound', `There is no function ${functionName}.`, {
      exitCode: exitCodes.unknown,
      cause: error,
      hint: 'Look at --workspace, --region and --function.',
    });
  }
  const isUnheard = neverHeard.test(String(error.context.awsCode));
  if (!changes || isUnheard || error.code !== 'AwsUnavailable') return error;
  return new CliError('AnswerLost', `The function was asked, and its answer is lost: ${error.message}`, {
    exitCode: exitCodes.unknown,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Names that Lambda itself gives when the process of the function has gone: nobody knows how far it had come. */
const died = /^(Sandbox\.Timedout|Runtime\.|Function\.|Lambda\.)/;

function errorOfFunction(payload: string, functionName: string, hint?: string): CliError {
  const { errorType, errorMessage } = (parse(payload) ?? {}) as { errorType?: string; errorMessage?: string };
  const message = errorMessage ?? payload;
  if (errorType === undefined || died.test(errorType)) {
    return new CliError('FunctionDied', `${functionName} has ended without an answer: ${message}`, {
      exitCode: exitCodes.unknown,
      details: { function: errorType ?? 'unnamed' },
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return new CliError(errorType, message, { exitCode: exitCodeOf(errorType) });
}
