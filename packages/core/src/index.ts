export type { Activation, Activations } from './model/activation.ts';
export { addressesOf, addressOfType, formatTarget, hasAddress, typeOfAddress } from './model/addresses.ts';
export { type Adoption, lastAskedAgainst, lastAskedFor, leaseEndOf, withAdoption } from './model/adoptions.ts';
export {
  type AwsErrorFacts,
  type AwsErrorMeaning,
  awsErrorMeaning,
  readAwsError,
} from './model/aws-error-meaning.ts';
export {
  type AllowedOverrides,
  configTtlSeconds,
  logMessages,
  mappingBounds,
  mappingDefaults,
  matchesPattern,
  mostTaskTags,
  type OverrideName,
  operationTriggers,
  outcomeSource,
  overrideKinds,
  ownerPrefix,
  parameterPathOf,
  parametersBelow,
  reservedNames,
  routeSettleSeconds,
  type StartOverrides,
  serviceNamePattern,
  workspaceInPath,
  workspaceNamePattern,
} from './model/contract.ts';
export {
  type ErrorCode,
  type ErrorContext,
  errorCatalog,
  isMissingCluster,
  isOfKnownService,
  isTransient,
  StartEnginesError,
  type StartEnginesErrorOptions,
  toStartEnginesError,
} from './model/errors.ts';
export { correlationIdPattern, isServiceName, isWorkspaceName, ownerOf, serviceOfOwner } from './model/identity.ts';
export type { NotIdle } from './model/idle.ts';
export {
  encodeLaunchFacts,
  type FactsReading,
  factsProblemOf,
  launchFactsVariable,
  readLaunchFacts,
  type WrittenFacts,
} from './model/launch-facts.ts';
export { isAuthentic, keyedToken, type LaunchedWith, type LaunchKey, launchMac } from './model/launch-mac.ts';
export { formatMoment, isPastMoment, parseMoment } from './model/moments.ts';
export type {
  DeregisteredTarget,
  OperationContext,
  ReconcileForecast,
  ReconcileOutcome,
  RestartOutcome,
  ServiceStatus,
  SleepStatus,
  StartedTarget,
  StartOutcome,
  StartRequest,
  StartResult,
  StatusProblem,
  StopOutcome,
  StopRequest,
  StopResult,
  TargetGroupStatus,
  TaskStatus,
} from './model/operation-types.ts';
export type { Outcome, OutcomeBus, OutcomeType } from './model/outcome.ts';
export { neverPaused, type Pause, type Pauses, pausedSince } from './model/pauses.ts';
export type {
  AddressType,
  Clock,
  HealthState,
  Journal,
  JournalEntry,
  LaunchClaim,
  LaunchClaims,
  LaunchKeys,
  LaunchReply,
  LaunchRequest,
  ListenerRules,
  ObservedTarget,
  Patience,
  Ports,
  ServiceMappings,
  StopNotes,
  TargetAddress,
  TargetRegistry,
  TaskReadings,
  TaskRunner,
} from './model/ports.ts';
export type { GroupUse, RequestMeter } from './model/request-meter.ts';
export {
  listFirst,
  putResultsIntoMessage,
  takeResultsOutOfMessage,
  withResultsInMessage,
} from './model/results-in-message.ts';
export type { Route, RoutedGroup, RouteState } from './model/route.ts';
export {
  type Capacity,
  type CapacityProviderStrategyItem,
  type IdleSettings,
  isFargateProvider,
  type LoadedMapping,
  type MappingProblem,
  type MappingVersions,
  type ServiceMapping,
  type TargetGroupPort,
  type TaskOptions,
  targetGroupArnPattern,
  type WaitFor,
} from './model/service-mapping.ts';
export type { ServiceResult } from './model/service-result.ts';
export {
  type Cordon,
  compareNewestFirst,
  type EndKind,
  type FactsProblem,
  isAddressable,
  isForeign,
  isKept,
  isLive,
  isRetiring,
  type LaunchFacts,
  type RetiredBy,
  type RetireMark,
  type StopKind,
  type Task,
  type TaskContainer,
  taskIdOf,
} from './model/task.ts';
export {
  adoptionTagOf,
  chooseRetireMark,
  cordonTag,
  formatAdoption,
  formatCordon,
  formatRetireMark,
  formatStopReason,
  isRetireTag,
  leaseEndingTag,
  parseAdoption,
  parseCordon,
  parseRetireMark,
  retireTagOf,
  upTag,
} from './model/task-marks.ts';
export { describeService, describeServices } from './operations/describe-service.ts';
export { listServices } from './operations/list-services.ts';
export { restartService } from './operations/restart-service.ts';
export { startService } from './operations/start-service.ts';
export { startServices } from './operations/start-services.ts';
export { stopAllServices, stopService, stopServices } from './operations/stop-service.ts';
export { type WakeRequest, wakeService } from './operations/wake-service.ts';
export {
  type ContainerWithPorts,
  chooseContainer,
  type ExposedPort,
  exposesPort,
  portsOf,
} from './plan/choose-container.ts';
export { type EndOfTask, endOfTask } from './plan/end-of-task.ts';
export { forecastReconcile } from './reconcile/forecast-reconcile.ts';
export { reconcileAll } from './reconcile/reconcile-all.ts';
export { reconcileChange } from './reconcile/reconcile-change.ts';
export { isWorthPublishing } from './reconcile/reconcile-outcome.ts';
export type { TaskChange } from './reconcile/register-at-once.ts';
