import type { TaskContainer } from './task.ts';

/** The detail-types of the events that report outcomes of operations. Their source is `start-engines`. */
export type OutcomeType =
  | 'Service Started'
  | 'Service Start Failed'
  | 'Service Start Superseded'
  | 'Service Stopped'
  | 'Service Stop Failed'
  | 'Service Restarted'
  | 'Service Reconciled'
  | 'Service Reconcile Failed'
  | 'Service Idle Stopped'
  | 'Service Lease Ending'
  | 'Service Interrupted'
  | 'Service Finished';

/** What ECS shows of the end of a task. `endOfTask` describes it in a sentence. */
export interface EndFacts {
  readonly stopCode?: string;
  /** The container that ended the task, if known. */
  readonly container?: string;
  /** The exit code of that container. */
  readonly exitCode?: number;
  /** Every container of the task that has ended or has a reason. */
  readonly containers?: readonly Pick<TaskContainer, 'name' | 'exitCode' | 'reason'>[];
}

/** The detail of an event about one operation on one service. Delivered at least once. */
export interface Outcome extends EndFacts {
  readonly type: OutcomeType;
  readonly service: string;
  readonly workspace: string;
  readonly operation: 'start' | 'stop' | 'restart' | 'reconcile';
  readonly correlationId: string;
  /** How long the operation took, in milliseconds. */
  readonly durationMs?: number;
  readonly taskArns: readonly string[];
  /** For a start: whether the task was live already. */
  readonly reused?: boolean;
  /** For a failure. */
  readonly errorCode?: string;
  /** What failed, why a task ended, why a started task gets no requests, or what a reconcile did. */
  readonly message?: string;
}

/** Where outcomes are published. Rejects with the same codes as `TaskRunner`. */
export interface OutcomeBus {
  publish(outcome: Outcome): Promise<void>;
}
