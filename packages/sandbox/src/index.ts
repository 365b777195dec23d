export type {
  Authorisation,
  Authorise,
  PermissionRequest,
  PermissionVerdict,
} from './authorisation/authoriser.ts';
export { permissionsOf } from './authorisation/authoriser.ts';
export { AwsError } from './aws-error.ts';
export type { CallFilter, CallLog, CallLogEntry } from './call-log.ts';
export type { SandboxClock } from './clock.ts';
export { noDelays, quickDurations, realisticDurations, type SandboxDurations } from './durations.ts';
export type { BusEvent } from './events/event.ts';
export type { TaskEventSettings, TaskEvents } from './events/task-event-feed.ts';
export type { Fault, FaultPlan, Faults, PlantedFault } from './faults.ts';
export { type FieldProfile, readFieldReport } from './field-report.ts';
export type { SandboxOptions } from './options.ts';
export { type Sandbox, startSandbox } from './start-sandbox.ts';
export type { SandboxStats } from './stats.ts';
export type { Throttling } from './throttle.ts';
