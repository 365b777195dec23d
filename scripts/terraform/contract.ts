import {
  configTtlSeconds,
  mappingBounds,
  mappingDefaults,
  mostTaskTags,
  operationTriggers,
  overrideKinds,
  ownerPrefix,
  parameterPathOf,
  parametersBelow,
  reservedNames,
  serviceNamePattern,
  workspaceNamePattern,
} from '@start-engines/core';

/** The path below `terraform/` from which Terraform reads its part of the contract. */
export const contractFile = 'modules/start-engines/contract.json';

/** The part of `packages/core/src/model/contract.ts` that Terraform uses. */
export function renderContract(): string {
  const { start, stop, restart, status, wake, taskChange } = operationTriggers;
  const contract = {
    service_name_pattern: serviceNamePattern.source,
    workspace_name_pattern: workspaceNamePattern.source,
    reserved_names: reservedNames,
    owner_prefix: ownerPrefix,
    parameter_path_prefix: parameterPathOf(''),
    // Each is appended to the parameter path.
    parameters: parametersBelow(''),
    detail_types: { start: start.detailType, stop: stop.detailType, restart: restart.detailType },
    wake: { source: wake.source, detail_type: wake.detailType },
    task_state: { source: taskChange.source, detail_type: taskChange.detailType },
    routes: { read: status.routes, start: start.routes, stop: stop.routes, restart: restart.routes },
    defaults: {
      wait: mappingDefaults.wait,
      start_timeout_seconds: mappingDefaults.startTimeoutSeconds,
      healthy_timeout_seconds: mappingDefaults.healthyTimeoutSeconds,
      drain_seconds: mappingDefaults.drainSeconds,
    },
    bounds: {
      port: mappingBounds.port,
      start_timeout_seconds: mappingBounds.startTimeoutSeconds,
      healthy_timeout_seconds: mappingBounds.healthyTimeoutSeconds,
      drain_seconds: mappingBounds.drainSeconds,
    },
    config_ttl_seconds: configTtlSeconds,
    overrides: Object.keys(overrideKinds).map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
    most_task_tags: mostTaskTags,
  };
  return `${JSON.stringify(contract, null, 2)}\n`;
}
