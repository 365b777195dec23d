import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { type AwsClientSettings, createAwsClientSettings } from '@start-engines/aws';
import { guardTransport, type Transport } from './aws-transport.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The SDK's clients. Each is loaded and created on first use, so a command does not pay for clients that it does not use.
 * Make calls inside `callAws`, which classifies their errors.
 */
export interface AwsAccess {
  readonly ec2: () => Promise<EC2Client>;
  readonly ecs: () => Promise<ECSClient>;
  readonly elasticLoadBalancing: () => Promise<ElasticLoadBalancingV2Client>;
  /** Ctrl-C does not abort its calls, as with `steadySsm`. */
  readonly eventBridge: () => Promise<EventBridgeClient>;
  readonly ssm: () => Promise<SSMClient>;
  /** For writing mappings. Ctrl-C does not abort its calls: whether an aborted write took effect would be unknown. */
  readonly steadySsm: () => Promise<SSMClient>;
  readonly logs: () => Promise<CloudWatchLogsClient>;
  readonly lambda: () => Promise<LambdaClient>;
  /** For a synchronous invocation: waits as long as a function can run, and never retries on its own. */
  readonly patientLambda: () => Promise<LambdaClient>;
  /** Closes the connections. */
  destroy(): void;
}

const defaultRegion = 'us-east-2';
/** A function runs for fifteen minutes at most. */
const longestInvocationMs = 920_000;

type ClientSettings = Omit<AwsClientSettings, 'requestHandler'> & { readonly requestHandler: Transport };

/** @param signal aborted by Ctrl-C; aborts every call of the clients that only read */
export function createAwsAccess(
  options: GlobalOptions,
  environment: Surroundings['environment'],
  signal: AbortSignal,
): AwsAccess {
  const { profile, endpointUrl } = options;
  // An empty variable counts as unset.
  const region = options.region || environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined;
  const common = {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
  };
  const quick = createAwsClientSettings(common);
  const slow = createAwsClientSettings({ ...common, requestTimeoutMs: longestInvocationMs, maxAttempts: 1 });
  const reading: ClientSettings = { ...quick, requestHandler: guardTransport(quick.requestHandler, signal) };
  const steady: ClientSettings = { ...quick, requestHandler: guardTransport(quick.requestHandler) };
  const patient: ClientSettings = { ...slow, requestHandler: guardTransport(slow.requestHandler) };

  /** The profile may name a Region, which only the SDK can read. */
  async function make<Client extends { config: { region: () => Promise<string> } }>(
    create: (configuration: ClientSettings) => Client,
    configuration: ClientSettings = reading,
  ): Promise<Client> {
    const client = create(configuration);
    const known = await client.config.region().catch(() => undefined);
    return known === undefined ? create({ ...configuration, region: defaultRegion }) : client;
  }

  return {
    ec2: once(async () => {
      const { EC2Client } = await import('./sdk/ec2.ts');
      return make((configuration) => new EC2Client(configuration));
    }),
    ecs: once(async () => {
      const { ECSClient } = await import('./sdk/ecs.ts');
      return make((configuration) => new ECSClient(configuration));
    }),
    elasticLoadBalancing: once(async () => {
      const { ElasticLoadBalancingV2Client } = await import('./sdk/elastic-load-balancing.ts');
      return make((configuration) => new ElasticLoadBalancingV2Client(configuration));
    }),
    eventBridge: once(async () => {
      const { EventBridgeClient } = await import('./sdk/eventbridge.ts');
      return make((configuration) => new EventBridgeClient(configuration), steady);
    }),
    ssm: once(async () => {
      const { SSMClient } = await import('./sdk/ssm.ts');
      return make((configuration) => new SSMClient(configuration));
    }),
    steadySsm: once(async () => {
      const { SSMClient } = await import('./sdk/ssm.ts');
      return make((configuration) => new SSMClient(configuration), steady);
    }),
    logs: once(async () => {
      const { CloudWatchLogsClient } = await import('./sdk/cloudwatch-logs.ts');
      return make((configuration) => new CloudWatchLogsClient(configuration));
    }),
    lambda: once(async () => {
      const { LambdaClient } = await import('./sdk/lambda.ts');
      return make((configuration) => new LambdaClient(configuration));
    }),
    patientLambda: once(async () => {
      const { LambdaClient } = await import('./sdk/lambda.ts');
      return make((configuration) => new LambdaClient(configuration), patient);
    }),
    destroy() {
      quick.requestHandler.destroy();
      slow.requestHandler.destroy();
    },
  };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
