export { describeService, describeServices } from './describe-service.ts';
export {
  type ErrorCode,
  errorCatalog,
  StartEnginesError,
  type StartEnginesErrorOptions,
  toStartEnginesError,
} from './errors.ts';
export { isServiceName, isWorkspaceName, ownerOf, serviceOfOwner } from './identity.ts';
export {
  adoptedTag,
  decodeLaunchFacts,
  encodeLaunchFacts,
  formatMoment,
  formatRetireMark,
  formatStopReason,
  launchFactsVariable,
  parseMoment,
  parseRetireMark,
  retireTag,
} from './launch-facts.ts';
export type {
  OperationContext,
  ServiceStatus,
  StartedTarget,
  StartOutcome,
  StartOverrides,
  StartRequest,
  StartResult,
  TargetGroupStatus,
  TaskStatus,
} from './operation-types.ts';
export type {
  Clock,
  HealthState,
  Journal,
  JournalEntry,
  LaunchReply,
  LaunchRequest,
  ObservedTarget,
  Ports,
  ServiceMappings,
  TargetAddress,
  TargetRegistry,
  TaskReadings,
  TaskRunner,
} from './ports.ts';
export {
  type AllowedOverrides,
  type Capacity,
  type CapacityProviderStrategyItem,
  type LoadedMapping,
  type MappingProblem,
  type OverrideName,
  overrideNames,
  type ServiceMapping,
  type TargetGroupPort,
  type WaitFor,
} from './service-mapping.ts';
export { startService } from './start-service.ts';
export { startServices } from './start-services.ts';
export {
  compareNewestFirst,
  isAddressable,
  isKept,
  isLive,
  isRetiring,
  type LaunchFacts,
  lastAskedFor,
  type RetiredBy,
  type RetireMark,
  type Task,
  type TaskContainer,
  taskIdOf,
} from './task.ts';
