import type { OperationContext, Ports } from '@start-engines/core';
import type { Delivery, Owner } from './script.ts';
import type { Answer } from './verdict.ts';

/** The work of a process, given its ports. */
export type Job = (ports: Ports, context: OperationContext) => Promise<Answer['outcome']>;

/** One event on its way to a process. */
export interface Invocation {
  readonly name: string;
  readonly workspace: Owner['workspace'];
  readonly service?: string;
  readonly asynchronous: boolean;
  readonly job: Job;
  readonly settle: (answer: Answer) => void;
  readonly dies?: NonNullable<Delivery['dies']>;
}
