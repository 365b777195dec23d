import type { TaskContainer } from './task.ts';

/** The detail-types of the events about what became of operations. Their source is `start-engines`. */
export type OutcomeType =
  | 'Service Started'
  | 'Service Start Failed'
  | 'Service Start Superseded'
  | 'Service Stopped'
  | 'Service Stop Failed'
  | 'Service Restarted'
  | 'Service Reconciled'
  | 'Service Reconcile Failed'
  | 'Service Interrupted'
  | 'Service Finished';

/** What ECS shows of the end of a task; `endOfTask` puts it into words. */
export interface EndFacts {
  readonly stopCode?: string;
  /** The container that ended the task, as far as that can be known. */
  readonly container?: string;
  /** The exit code of that container. */
  readonly exitCode?: number;
  /** Every container of the task that has ended or has a reason. */
  readonly containers?: readonly Pick<TaskContainer, 'name' | 'exitCode' | 'reason'>[];
}

/** What an event on the bus says about one operation on one service. Delivered at least once. */
export interface Outcome extends EndFacts {
  readonly type: OutcomeType;
  readonly service: string;
  readonly workspace: string;
  readonly operation: 'start' | 'stop' | 'restart' | 'reconcile';
  readonly correlationId: string;
  /** How long the operation took, in milliseconds. */
  readonly durationMs?: number;
  readonly taskArns: readonly string[];
  /** For a start: whether it found the task live. */
  readonly reused?: boolean;
  /** For a failure. */
  readonly errorCode?: string;
  /** What went wrong, why a task ended, why a started one gets no requests, or what a reconcile has done. */
  readonly message?: string;
}

/** Where outcomes are told. Rejects with the same codes as `TaskRunner`. */
export interface OutcomeBus {
  publish(outcome: Outcome): Promise<void>;
}
