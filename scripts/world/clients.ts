import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';

/** SDK clients that are configured only with the sandbox's endpoint. */
export interface WorldClients {
  readonly ec2: EC2Client;
  readonly ecs: ECSClient;
  readonly elasticLoadBalancing: ElasticLoadBalancingV2Client;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly ssm: SSMClient;
  destroy(): void;
}

export function createWorldClients(endpoint: string, region = 'us-east-2'): WorldClients {
  const settings = { endpoint, region, credentials: { accessKeyId: 'WORLD', secretAccessKey: 'world' } };
  const clients = {
    ec2: new EC2Client(settings),
    ecs: new ECSClient(settings),
    elasticLoadBalancing: new ElasticLoadBalancingV2Client(settings),
    events: new EventBridgeClient(settings),
    lambda: new LambdaClient(settings),
    logs: new CloudWatchLogsClient(settings),
    ssm: new SSMClient(settings),
  };
  return {
    ...clients,
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
