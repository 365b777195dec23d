import { type StartEnginesError, toStartEnginesError } from './errors.ts';
import type { OperationContext, StartOutcome } from './operation-types.ts';
import type { Outcome } from './outcome.ts';
import type { Ports } from './ports.ts';

/** Tells an outcome. The operation is over by then: a bus that does not take it is noted, and changes nothing else. */
export async function announce(ports: Ports, outcome: Omit<Outcome, 'workspace'>): Promise<void> {
  try {
    await ports.outcomes.publish({ ...outcome, workspace: ports.workspace });
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service: outcome.service, kind: 'outcome-not-told', type: outcome.type, code, message });
  }
}

/** A start that waited for nothing is told by whoever sees its task up. */
export async function announceStart(
  ports: Ports,
  { correlationId }: OperationContext,
  { service, taskArn, reused, waitedFor }: StartOutcome,
  begunAt: number,
): Promise<void> {
  if (waitedFor === 'none') return;
  await announce(ports, {
    type: 'Service Started',
    operation: 'start',
    service,
    correlationId,
    durationMs: ports.clock.now() - begunAt,
    taskArns: [taskArn],
    reused,
  });
}

interface Failure {
  readonly operation: 'start' | 'stop' | 'restart';
  readonly service: string;
  readonly begunAt: number;
  readonly error: unknown;
}

/** Tells a failure and returns the error, for the caller to throw. */
export async function announceFailure(
  ports: Ports,
  { correlationId }: OperationContext,
  { operation, service, begunAt, error: caught }: Failure,
): Promise<StartEnginesError> {
  const error = toStartEnginesError(caught);
  // Whoever may put events may make up names; only a service that exists has outcomes.
  if (error.code === 'UnknownService') return error;
  const { taskArn } = error.context;
  await announce(ports, {
    type: operation === 'stop' ? 'Service Stop Failed' : 'Service Start Failed',
    operation,
    service,
    correlationId,
    durationMs: ports.clock.now() - begunAt,
    taskArns: typeof taskArn === 'string' ? [taskArn] : [],
    errorCode: error.code,
    message: error.message.slice(0, 1_000),
  });
  return error;
}
