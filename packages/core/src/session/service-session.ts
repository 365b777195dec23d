import type { Ports } from '../model/ports.ts';
import type { RoutedGroup } from '../model/route.ts';
import type { Action } from '../plan/actions.ts';
import { Memory, type MemoryScope } from './memory.ts';
import { patientReads } from './patient-reads.ts';
import type { ReadNeighbours } from './read-neighbours.ts';

export interface SessionScope extends MemoryScope {
  readonly service: string;
  /** The mapping's target groups. Those in the tasks' launch facts are read as well. */
  readonly targetGroupArns: readonly string[];
  /** The mapping's listener rules, if requests can wake the service. */
  readonly routes?: readonly RoutedGroup[] | undefined;
  /** Reads the note of the latest stop if a task may have missed that stop. */
  readonly readsStopNote?: true;
  /** When the session stops repeating reads, in milliseconds since the epoch. A loop sets its own limit. */
  readonly until: number;
  /** Called with the milliseconds of each pause before a read is repeated. */
  readonly onPause?: (delayMs: number) => void;
  /** Called when an ended task has left a target whose address another task may have by now. */
  readonly readNeighbours: ReadNeighbours;
}

/** One operation's work on one service. observe.ts reads AWS into its memory, and carry-out.ts makes the changes of a plan. */
export class ServiceSession {
  /** Repeat reads while AWS throttles them. */
  readonly ports: Ports;
  readonly scope: SessionScope;
  until: number;
  readonly memory: Memory;
  /** What this operation has changed so far, in order. */
  readonly done: Action[] = [];
  /** ARNs of the tasks whose end this operation has published. */
  readonly publishedEnds = new Set<string>();

  constructor(ports: Ports, scope: SessionScope) {
    this.ports = patientReads(ports, scope.service, this, scope.onPause);
    this.scope = scope;
    this.until = scope.until;
    this.memory = new Memory(ports.clock, scope);
  }
}
