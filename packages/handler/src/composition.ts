import { randomUUID } from 'node:crypto';
import { SSMClient } from '@aws-sdk/client-ssm';
import {
  createActivations,
  createAwsClients,
  createEcsTaskRunner,
  createLaunchClaims,
  createLaunchKeys,
  createListenerRules,
  createPauses,
  createRequestMeter,
  createStopNotes,
  createTargetRegistry,
  endCallsBy,
} from '@start-engines/aws';
import { createSsmServiceMappings } from '@start-engines/config';
import type { Clock, Journal, Ports } from '@start-engines/core';
import { readEnvironment } from './environment.ts';
import { createOutcomes } from './outcomes.ts';
import { logger } from './telemetry.ts';

const clock: Clock = {
  now: () => Date.now(),
  sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
};

/** Core's ports for one invocation. All invocations of this process share the clients. */
export type PortsFor = (journal: Journal) => Ports;

/**
 * Creates the clients and adapters.
 *
 * @throws StartEnginesError `Internal` when the environment is invalid.
 */
export function createPorts(variables: Readonly<Record<string, string | undefined>>): PortsFor {
  const environment = readEnvironment(variables);
  const { parameterPath, workspace, clusters, configTtlSeconds, eventBusName } = environment;
  const clients = createAwsClients();
  const ssm = new SSMClient(clients.settings);
  const shared = {
    clock,
    tasks: createEcsTaskRunner({
      client: clients.ecs,
      clock,
      launchKeys: createLaunchKeys({ client: ssm, parameterPath, workspace, kmsKey: environment.parameterKmsKey }),
    }),
    targets: createTargetRegistry({ client: clients.elasticLoadBalancing }),
    rules: createListenerRules({
      client: clients.elasticLoadBalancing,
      activatorGroupArn: environment.activatorGroupArn,
      settleMs: environment.routeSettleSeconds * 1_000,
    }),
    mappings: createSsmServiceMappings({
      client: ssm,
      parameterPath,
      ttlSeconds: configTtlSeconds,
      clock,
      onIgnoredParameters: (names) => logger.warn('ignored-parameters', { names }),
    }),
    stopNotes: createStopNotes({ client: ssm, parameterPath, clock }),
    pauses: createPauses({ client: ssm, parameterPath, clock }),
    meter: createRequestMeter({ client: clients.cloudWatch }),
    launchClaims: createLaunchClaims({ client: ssm, parameterPath }),
    activations: createActivations({ client: ssm, parameterPath }),
    outcomes: createOutcomes(eventBusName, () => clients.eventBridge),
    newId: randomUUID,
    endCallsBy,
    workspace,
    clusters,
  };
  return (journal) => ({ ...shared, journal });
}
