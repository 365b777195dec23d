import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { LimitedHttpHandler } from './call-limit.ts';

export interface AwsClientOptions {
  /** Until the connection is established. */
  readonly connectionTimeoutMs?: number;
  /** Until the answer begins, and between any two parts of it. */
  readonly requestTimeoutMs?: number;
  /** Including the first attempt. */
  readonly maxAttempts?: number;
  /** The defaults come from the SDK's environment (`AWS_REGION`, `AWS_ENDPOINT_URL`, credentials). */
  readonly region?: string;
  readonly endpoint?: string;
  /** A profile of the AWS configuration files. */
  readonly profile?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The settings of all SDK clients. */
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
 * Settings with which an SDK client's timeouts throw. Clients with the same settings share connections. By default the SDK has no
 * timeouts, and only warns when `requestTimeout` has passed.
 */
export function createAwsClientSettings(options: AwsClientOptions = {}): AwsClientSettings {
  const requestTimeoutMs = options.requestTimeoutMs ?? defaultRequestTimeoutMs;
  const { region, endpoint, profile, credentials } = options;
  return {
    requestHandler: new LimitedHttpHandler({
      connectionTimeout: options.connectionTimeoutMs ?? defaultConnectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      // `requestTimeout` ends with the headers of the answer. A missing body leaves the socket idle.
      socketTimeout: requestTimeoutMs,
    }),
    maxAttempts: options.maxAttempts ?? defaultMaxAttempts,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
