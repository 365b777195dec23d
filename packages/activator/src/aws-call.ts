import { parseRecord } from './is-record.ts';

/** An operation of an AWS service with the JSON 1.1 protocol. */
export interface AwsOperation {
  readonly service: 'ssm' | 'events';
  /** As in the header `X-Amz-Target`. */
  readonly target: string;
}

export interface AwsAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends one signed request. @throws Error when no answer comes in time */
export type SendToAws = (operation: AwsOperation, body: string, timeoutMs: number) => Promise<AwsAnswer>;

export type AwsOutput = Readonly<Record<string, unknown>>;

export interface CallOptions {
  readonly attempts: number;
  readonly timeoutMs: number;
  /** Finds a failure in an answer of status 200, which is then tried again. */
  readonly findFailure?: (output: AwsOutput) => AwsCallError | undefined;
}

/** @throws AwsCallError after the last attempt */
export type CallAws = (operation: AwsOperation, input: object, options: CallOptions) => Promise<AwsOutput>;

/** A call that failed. The message has no credentials in it. */
export class AwsCallError extends Error {
  readonly isRetryable: boolean;

  constructor(name: string, message: string, isRetryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
    this.isRetryable = isRetryable;
  }
}

export interface AwsSettings {
  readonly region: string;
  /** Replaces the addresses of AWS. */
  readonly endpoint: string | undefined;
}

/** Calls AWS, and repeats calls that were throttled, not answered, or met an error of AWS itself. */
export function createAwsCaller(loadSender: () => Promise<SendToAws>): CallAws {
  async function attempt(operation: AwsOperation, body: string, timeoutMs: number): Promise<AwsOutput> {
    const send = await loadSender();
    const { status, text } = await send(operation, body, timeoutMs);
    const output = parseRecord(text);
    if (status === 200 && output !== undefined) return output;
    throw errorOf(status, output);
  }

  return async (operation, input, { attempts, timeoutMs, findFailure }) => {
    const body = JSON.stringify(input);
    for (let left = attempts - 1; ; left -= 1) {
      try {
        const output = await attempt(operation, body, timeoutMs);
        const failure = findFailure?.(output);
        if (failure === undefined) return output;
        throw failure;
      } catch (cause) {
        const error = cause instanceof AwsCallError ? cause : notAnswered(cause);
        if (left === 0 || !error.isRetryable) throw error;
        await pause(50 * 4 ** (attempts - 1 - left));
      }
    }
  };
}

/** Full jitter: many functions that are throttled together must not come back together. */
function pause(mostMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, mostMs * (0.5 + Math.random())));
}

const passing = /throttl|toomanyrequests|limitexceeded|internal|unavailable|timeout/i;

function errorOf(status: number, output: AwsOutput | undefined): AwsCallError {
  const type = typeof output?.__type === 'string' ? output.__type.replace(/^.*#/, '') : `Status${status}`;
  const message = [output?.message, output?.Message].find((text) => typeof text === 'string') ?? '';
  return new AwsCallError(type, redact(String(message)), status >= 500 || status === 429 || passing.test(type));
}

/** AWS quotes the whole request, with its session token, when a signature does not match. */
function redact(message: string): string {
  const [line = ''] = message.split('\n');
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  const secrets = [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN].filter((secret) => secret);
  return secrets.reduce<string>((text, secret = '') => text.replaceAll(secret, '…'), line).slice(0, 300);
}

function notAnswered(cause: unknown): AwsCallError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const name = cause instanceof Error ? cause.name : '';
  return new AwsCallError('NotAnswered', `AWS did not answer: ${code || name}`, true, { cause });
}
