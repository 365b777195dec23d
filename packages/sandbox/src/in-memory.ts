export type { SandboxDurations } from './durations.ts';
export type { Fault, FaultPlan, PlantedFault } from './faults.ts';
export type { InMemoryClient } from './in-memory-client.ts';
export type { InMemoryContainer } from './in-memory-runtime.ts';
export { createInMemoryWorld, type InMemoryWorld, type InMemoryWorldOptions } from './in-memory-world.ts';
export type { ServiceName } from './operation.ts';
export type { SandboxStats } from './stats.ts';
export type { Throttling } from './throttle.ts';
