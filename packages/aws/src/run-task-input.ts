import type { RunTaskCommandInput, TaskOverride } from '@aws-sdk/client-ecs';
import {
  type Capacity,
  encodeLaunchFacts,
  keyedToken,
  type LaunchKey,
  type LaunchRequest,
  launchFactsVariable,
  launchMac,
  StartEnginesError,
} from '@start-engines/core';

/** RunTask's limit for the JSON of `overrides`, including punctuation. AWS-006. */
const maxOverridesCharacters = 8_192;

/**
 * The container override that carries the mapping's environment and the launch facts, which the key authenticates.
 *
 * @throws StartEnginesError `InvalidRequest` when it is longer than ECS allows
 */
export function buildOverrides(request: LaunchRequest, containerName: string, key: LaunchKey): TaskOverride {
  const { startedBy, cluster, taskDefinition, taskOptions } = request;
  const enableExecuteCommand = taskOptions?.enableExecuteCommand ?? false;
  const withFacts = (facts: string): TaskOverride => {
    const environment = Object.entries({ ...request.environment, [launchFactsVariable]: facts });
    return {
      containerOverrides: [{ name: containerName, environment: environment.map(([name, value]) => ({ name, value })) }],
    };
  };
  const launched = { startedBy, cluster, taskDefinition, enableExecuteCommand, overrides: withFacts('') };
  const overrides = withFacts(encodeLaunchFacts(request.facts, (written) => launchMac(key, written, launched)));
  const characters = JSON.stringify(overrides).length;
  if (characters > maxOverridesCharacters) {
    throw new StartEnginesError(
      'InvalidRequest',
      `The task's overrides are ${characters} characters of JSON, and ECS takes ${maxOverridesCharacters}: ` +
        'the environment is too large.',
      { context: { field: 'environment', characters, maxCharacters: maxOverridesCharacters } },
    );
  }
  return overrides;
}

/** RunTask's input for one task. */
export function buildRunTaskInput(request: LaunchRequest, containerName: string, key: LaunchKey): RunTaskCommandInput {
  const { subnets, securityGroups, assignPublicIp } = request;
  const { tags, ...options } = request.taskOptions ?? {};
  return {
    cluster: request.cluster,
    taskDefinition: request.taskDefinition,
    count: 1,
    startedBy: request.startedBy,
    clientToken: request.isTokenKeyed ? keyedToken(key, request.clientToken) : request.clientToken,
    overrides: buildOverrides(request, containerName, key),
    ...options,
    ...(tags === undefined ? {} : { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) }),
    ...toPlacement(request.capacity),
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...subnets],
        assignPublicIp,
        // Without any ECS takes the VPC's default one.
        ...(securityGroups.length === 0 ? {} : { securityGroups: [...securityGroups] }),
      },
    },
  };
}

/** Without either key ECS uses the cluster's default strategy. */
function toPlacement(capacity: Capacity): Pick<RunTaskCommandInput, 'launchType' | 'capacityProviderStrategy'> {
  if ('clusterDefault' in capacity) return {};
  if ('launchType' in capacity) return { launchType: capacity.launchType };
  return { capacityProviderStrategy: capacity.capacityProviderStrategy.map((item) => ({ ...item })) };
}
