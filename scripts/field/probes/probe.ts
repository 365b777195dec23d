import type { ProbeWorld } from './world.ts';

/** What a probe has seen. */
export interface Observation {
  /** Whether the fact is true on this target. */
  readonly holds: boolean;
  /** One line for the report. */
  readonly observed: string;
  /** Measured durations in milliseconds, by the name of the sandbox's duration that they describe. */
  readonly measured?: Readonly<Record<string, readonly number[]>>;
}

/** Checks one fact through public APIs of AWS. */
export interface Probe {
  /** The ID in the register of facts. */
  readonly fact: string;
  /** Whether it changes nothing in AWS. */
  readonly readOnly?: true;
  run(world: ProbeWorld): Promise<Observation>;
}
