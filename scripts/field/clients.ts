import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { ProbeClients } from './probes/world.ts';

/**
 * Clients for an endpoint, or for an account with the credentials of the environment.
 *
 * @param signal after its abort, every call fails before it is sent
 */
export function createProbeClients(
  region: string,
  endpoint?: string,
  signal?: AbortSignal,
): ProbeClients & { destroy(): void } {
  const credentials = { accessKeyId: 'FIELDTEST', secretAccessKey: 'field-test' };
  const settings = { region, maxAttempts: 8, ...(endpoint === undefined ? {} : { endpoint, credentials }) };
  const clients = {
    ecs: new ECSClient(settings),
    elb: new ElasticLoadBalancingV2Client(settings),
    events: new EventBridgeClient(settings),
    lambda: new LambdaClient(settings),
    logs: new CloudWatchLogsClient(settings),
    ssm: new SSMClient(settings),
  };
  for (const { middlewareStack } of Object.values(clients)) {
    const stack = middlewareStack as unknown as { add(added: typeof refuse, options: { step: 'initialize' }): void };
    const refuse = (next: (args: unknown) => Promise<unknown>) => async (args: unknown) => {
      signal?.throwIfAborted();
      return next(args);
    };
    stack.add(refuse, { step: 'initialize' });
  }
  return {
    ...clients,
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
