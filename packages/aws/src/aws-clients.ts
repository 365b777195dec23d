import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { NodeHttpHandler } from '@smithy/node-http-handler';

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
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What every SDK client of ours is made with. */
export interface AwsClientSettings {
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
  readonly region?: string;
  readonly endpoint?: string;
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
  const { region, endpoint, credentials } = options;
  return {
    requestHandler: new NodeHttpHandler({
      connectionTimeout: options.connectionTimeoutMs ?? defaultConnectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      // `requestTimeout` ends with the answer's headers; a body that then never comes is idle on the socket.
      socketTimeout: requestTimeoutMs,
    }),
    maxAttempts: options.maxAttempts ?? defaultMaxAttempts,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

export interface AwsClients {
  readonly settings: AwsClientSettings;
  readonly ecs: ECSClient;
  readonly elasticLoadBalancing: ElasticLoadBalancingV2Client;
  readonly eventBridge: EventBridgeClient;
  /** Closes the connections. */
  destroy(): void;
}

/** The SDK clients that the adapters need, each made when it is first asked for. */
export function createAwsClients(options: AwsClientOptions = {}): AwsClients {
  const settings = createAwsClientSettings(options);
  // Making a client reads configuration files and resolves endpoints: an invocation pays only for those it uses.
  let ecs: ECSClient | undefined;
  let elasticLoadBalancing: ElasticLoadBalancingV2Client | undefined;
  let eventBridge: EventBridgeClient | undefined;
  return {
    settings,
    get ecs() {
      ecs ??= new ECSClient(settings);
      return ecs;
    },
    get elasticLoadBalancing() {
      elasticLoadBalancing ??= new ElasticLoadBalancingV2Client(settings);
      return elasticLoadBalancing;
    },
    get eventBridge() {
      eventBridge ??= new EventBridgeClient(settings);
      return eventBridge;
    },
    destroy: () => settings.requestHandler.destroy(),
  };
}
