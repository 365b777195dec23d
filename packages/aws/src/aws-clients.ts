import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type AwsClientOptions, type AwsClientSettings, createAwsClientSettings } from './client-settings.ts';

export interface AwsClients {
  readonly settings: AwsClientSettings;
  readonly ecs: ECSClient;
  readonly elasticLoadBalancing: ElasticLoadBalancingV2Client;
  readonly eventBridge: EventBridgeClient;
  /** Only a reconcile and a status read metrics, so this client is loaded then. */
  cloudWatch(): Promise<CloudWatchClient>;
  /** Closes the connections. */
  destroy(): void;
}

/** The SDK clients of the adapters, each created on first use. */
export function createAwsClients(options: AwsClientOptions = {}): AwsClients {
  const settings = createAwsClientSettings(options);
  // Creating a client takes time, and most invocations do not publish events.
  let ecs: ECSClient | undefined;
  let elasticLoadBalancing: ElasticLoadBalancingV2Client | undefined;
  let eventBridge: EventBridgeClient | undefined;
  let cloudWatch: CloudWatchClient | undefined;
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
    async cloudWatch() {
      const { CloudWatchClient: Client } = await import('./cloudwatch-parts.ts');
      cloudWatch ??= new Client(settings);
      return cloudWatch;
    },
    destroy: () => settings.requestHandler.destroy(),
  };
}
