export { addressesOf, addressOfType, formatTarget, hasAddress, typeOfAddress } from './addresses.ts';
export {
  type AwsErrorFacts,
  type AwsErrorMeaning,
  awsErrorMeaning,
  readAwsError,
} from './aws-error-meaning.ts';
export {
  type ContainerWithPorts,
  chooseContainer,
  type ExposedPort,
  exposesPort,
  portsOf,
} from './choose-container.ts';
export { describeService, describeServices } from './describe-service.ts';
export { type EndKind, type EndOfTask, endOfTask } from './end-of-task.ts';
export {
  type ErrorCode,
  errorCatalog,
  isMissingCluster,
  isOfKnownService,
  isPassing,
  StartEnginesError,
  type StartEnginesErrorOptions,
  toStartEnginesError,
} from './errors.ts';
export { forecastReconcile } from './forecast-reconcile.ts';
export { correlationIdPattern, isServiceName, isWorkspaceName, ownerOf, serviceOfOwner } from './identity.ts';
export { encodeLaunchFacts, type FactsReading, launchFactsVariable, readLaunchFacts } from './launch-facts.ts';
export { listServices } from './list-services.ts';
export { formatMoment, isPastMoment, parseMoment } from './moments.ts';
export type {
  DeregisteredTarget,
  OperationContext,
  ReconcileForecast,
  ReconcileOutcome,
  RestartOutcome,
  ServiceStatus,
  StartedTarget,
  StartOutcome,
  StartOverrides,
  StartRequest,
  StartResult,
  StatusProblem,
  StopOutcome,
  StopRequest,
  StopResult,
  TargetGroupStatus,
  TaskStatus,
} from './operation-types.ts';
export type { Outcome, OutcomeBus, OutcomeType } from './outcome.ts';
export type {
  AddressType,
  Clock,
  HealthState,
  Journal,
  JournalEntry,
  LaunchClaim,
  LaunchClaims,
  LaunchReply,
  LaunchRequest,
  ObservedTarget,
  Patience,
  Ports,
  ServiceMappings,
  StopNotes,
  TargetAddress,
  TargetRegistry,
  TaskReadings,
  TaskRunner,
} from './ports.ts';
export { reconcileAll } from './reconcile-all.ts';
export { reconcileChange } from './reconcile-change.ts';
export type { TaskChange } from './register-at-once.ts';
export { restartService } from './restart-service.ts';
export {
  listFirst,
  putResultsIntoMessage,
  type ResultBody,
  takeResultsOutOfMessage,
} from './results-in-message.ts';
export {
  type AllowedOverrides,
  type Capacity,
  type CapacityProviderStrategyItem,
  isFargateProvider,
  type LoadedMapping,
  type MappingProblem,
  type MappingVersions,
  mappingBounds,
  mostTaskTags,
  type OverrideName,
  overrideNames,
  type ServiceMapping,
  type TargetGroupPort,
  type TaskOptions,
  targetGroupArnPattern,
  type WaitFor,
} from './service-mapping.ts';
export { startService } from './start-service.ts';
export { startServices } from './start-services.ts';
export { stopAllServices, stopService, stopServices } from './stop-service.ts';
export {
  compareNewestFirst,
  type FactsProblem,
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
export {
  adoptedTagOf,
  chooseRetireMark,
  formatRetireMark,
  formatStopReason,
  isAdoptedTag,
  isRetireTag,
  parseRetireMark,
  retireTagOf,
  upTag,
} from './task-marks.ts';
