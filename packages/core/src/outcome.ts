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
  | 'Service Interrupted';

/** What an event on the bus says about one operation on one service. Delivered at least once. */
export interface Outcome {
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
  /** What went wrong, why a task ended, or what a reconcile has done. */
  readonly message?: string;
}

/** Where outcomes are told. Rejects with the same codes as `TaskRunner`. */
export interface OutcomeBus {
  publish(outcome: Outcome): Promise<void>;
}
