import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { LimitedHttpHandler } from './call-limit.ts';

export interface AwsClientOptions {
  /** Until a connection stands. */
  readonly connectionTimeoutMs?: number;
  /** Until the answer begins, and between any two pieces of it. */
  readonly requestTimeoutMs?: number;
  /** The first attempt included. */
  readonly maxAttempts?: number;
  /** The SDK's own environment (`AWS_REGION`, `AWS_ENDPOINT_URL`, credentials) decides what is not said here. */
  readonly region?: string;
  readonly endpoint?: string;
  /** A profile of the AWS configuration files. */
  readonly profile?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What every SDK client of ours is made with. */
export interface AwsClientSettings {
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const defaultConnectionTimeoutMs = 2_000;
const defaultRequestTimeoutMs = 5_000;
const defaultMaxAttempts = 3;

/**
 * Settings for an SDK client whose timeouts really throw. The clients that share them share their connections. Without
 * them the SDK waits for ever: it has no timeouts of its own, and only warns when `requestTimeout` has passed.
 */
export function createAwsClientSettings(options: AwsClientOptions = {}): AwsClientSettings {
  const requestTimeoutMs = options.requestTimeoutMs ?? defaultRequestTimeoutMs;
  const { region, endpoint, profile, credentials } = options;
  return {
    requestHandler: new LimitedHttpHandler({
      connectionTimeout: options.connectionTimeoutMs ?? defaultConnectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      // `requestTimeout` ends with the answer's headers; a body that then never comes is idle on the socket.
      socketTimeout: requestTimeoutMs,
    }),
    maxAttempts: options.maxAttempts ?? defaultMaxAttempts,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
