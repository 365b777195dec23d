import type { OperationContext, Ports } from '@start-engines/core';
import type { Delivery, Owner } from './script.ts';
import type { Answer } from './verdict.ts';

/** What a process does with the ports that it was given. */
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
