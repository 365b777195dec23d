import type { Agent, ClientRequestArgs } from 'node:http';
import type { SignatureV4 } from '@smithy/signature-v4';
import { parseRecord } from './is-record.ts';

/** An operation of an AWS service with the JSON 1.1 protocol. */
export interface AwsOperation {
  readonly service: 'ssm' | 'events';
  /** As in the header `X-Amz-Target`. */
  readonly target: string;
}

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

interface Settings {
  readonly region: string;
  readonly endpoint: string | undefined;
}

/** Calls AWS over connections that stay open. */
export function createAwsCaller({ region, endpoint }: Settings): CallAws {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const addressOf = (service: string) => new URL(endpoint ?? `https://${service}.${region}.${suffix}`);
  const loading = loadLibraries(endpoint?.startsWith('http:') ? 'http:' : 'https:');
  // Reported by the first call.
  loading.catch(() => {});
  const signers = new Map<string, SignatureV4>();

  async function signerOf(service: string): Promise<SignatureV4> {
    const { createSigner } = await loading;
    const signer = signers.get(service) ?? createSigner(service, region);
    signers.set(service, signer);
    return signer;
  }

  async function attempt({ service, target }: AwsOperation, body: string, timeoutMs: number): Promise<AwsOutput> {
    const url = addressOf(service);
    const { protocol, hostname, host, port } = url;
    const headers = { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
    const place = { protocol, hostname, method: 'POST', path: '/', ...(port === '' ? {} : { port: Number(port) }) };
    const signed = await (await signerOf(service)).sign({ ...place, query: {}, headers, body });
    const { status, text } = await send({ ...place, headers: signed.headers }, body, timeoutMs);
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

/**
 * They cost several times what the rest of the function does, so they load when its import is over, while it waits for the
 * first request.
 */
async function loadLibraries(protocol: string) {
  await new Promise((resolve) => setImmediate(resolve));
  const signer = await import('./aws-signer.ts');
  httpOf(protocol);
  return signer;
}

function httpOf(protocol: string) {
  return process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http');
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const agents = new Map<string, Agent>();

function send(
  request: ClientRequestArgs & { readonly protocol: string },
  body: string,
  timeoutMs: number,
): Promise<Answer> {
  const http = httpOf(request.protocol);
  const agent = agents.get(request.protocol) ?? new http.Agent({ keepAlive: true });
  agents.set(request.protocol, agent);
  return new Promise((resolve, reject) => {
    const sent = http.request({ ...request, agent, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
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
