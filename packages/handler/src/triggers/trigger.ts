import type { Fields, OperationRequest } from '../operations/operation.ts';
import type { Reply } from '../replies/reply.ts';

/** The workspace that the function serves. */
export interface Addressee {
  /** Undefined when the environment names no workspace. */
  readonly workspace: string | undefined;
  /** Whether events from the bus that name no workspace are for this one. */
  readonly acceptsUnaddressed: boolean;
}

/** One way to reach the function. */
export interface Trigger {
  /** The key that this trigger's events have and no other trigger's. */
  readonly mark: string;
  /** @throws StartEnginesError `InvalidRequest` for an event that only looks like one of this trigger. */
  open(event: Fields): OpenedEvent;
}

/** An event whose trigger is known. */
export interface OpenedEvent {
  readonly wayIn: 'event-bus' | 'http' | 'direct';
  /** The correlation ID that the caller gave, not checked yet. */
  readonly correlationId?: { readonly field: string; readonly value: unknown };
  /** `X-Amzn-Trace-Id`, where the event carries one. */
  readonly traceHeader?: string | undefined;
  /**
   * @param receivedAt when the event arrived first, in milliseconds since the epoch
   * @throws StartEnginesError `InvalidRequest` that names the field
   */
  read(receivedAt: number, addressee: Addressee): OperationRequest;
  /** The reply in the form that the caller expects. */
  answer(reply: Reply): unknown;
  /** Whether a failure is answered too. Every other caller gets the error itself, so that AWS sees the failure and retries it. */
  readonly answersFailures: boolean;
}

/** The answer to a caller that takes objects. */
export function answerWithObject({ statusCode, body }: Reply): unknown {
  return { statusCode, body };
}
