import { type EventBridgeClient, PutEventsCommand, type PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { StartEnginesError } from '@start-engines/core';
import { callAws, classifyAwsError } from './classify-aws-error.ts';

/** One event about what became of an operation. */
export interface OutcomeEvent {
  /** Such as `start-engines`. */
  readonly source: string;
  /** Such as `Service Started`. */
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where outcomes are told. */
export interface OutcomeBus {
  /**
   * Puts all events on the bus. When the bus refuses some of them, the others stand all the same, and the error's context
   * says which ones failed by their index. @throws StartEnginesError with the codes of `TaskRunner`
   */
  putEvents(events: readonly OutcomeEvent[]): Promise<void>;
}

/** PutEvents takes no more at once. */
const eventsPerCall = 10;

export interface OutcomeBusOptions {
  readonly client: EventBridgeClient;
  /** Name or ARN. */
  readonly eventBusName: string;
}

/** The outcome bus on EventBridge. */
export function createOutcomeBus({ client, eventBusName }: OutcomeBusOptions): OutcomeBus {
  return {
    async putEvents(events) {
      const refusals: Refusal[] = [];
      for (let start = 0; start < events.length; start += eventsPerCall) {
        const entries = events.slice(start, start + eventsPerCall).map((event) => ({
          EventBusName: eventBusName,
          Source: event.source,
          DetailType: event.detailType,
          Detail: JSON.stringify(event.detail),
        }));
        const operation = { service: 'EventBridge', operation: 'PutEvents', about: { eventBusName } } as const;
        const reply = await callAws(operation, () => client.send(new PutEventsCommand({ Entries: entries })));
        refusals.push(...readRefusals(reply.Entries ?? [], entries.length, start));
      }
      if (refusals.length > 0) throw createRefusalError(refusals, events.length, eventBusName);
    },
  };
}

interface Refusal {
  readonly index: number;
  readonly awsCode: string;
  readonly message: string;
}

/**
 * PutEvents answers 200 and a FailedEntryCount when it refused some, or all, of the events: nothing throws unless we do.
 * Only an event that was given an id is on the bus; that holds for an answer that is too short as well.
 */
function readRefusals(entries: readonly PutEventsResultEntry[], sent: number, start: number): readonly Refusal[] {
  return Array.from({ length: sent }, (_, offset) => ({ entry: entries[offset], index: start + offset }))
    .filter(({ entry }) => entry?.EventId === undefined)
    .map(({ entry, index }) => ({
      index,
      awsCode: entry?.ErrorCode ?? 'NoEventId',
      message: entry?.ErrorMessage ?? 'no message',
    }));
}

/** The least hopeful first: it says what the whole call came to. */
const worstFirst = ['AwsAccessDenied', 'AwsRejected', 'AwsUnavailable', 'AwsThrottled'] as const;

function createRefusalError(refusals: readonly Refusal[], total: number, eventBusName: string): StartEnginesError {
  const about = { service: 'EventBridge', operation: 'PutEvents' } as const;
  const errors = refusals.map((refusal) =>
    classifyAwsError(Object.assign(new Error(refusal.message), { name: refusal.awsCode }), about),
  );
  const code = worstFirst.find((candidate) => errors.some((error) => error.code === candidate)) ?? 'AwsRejected';
  const awsCodes = [...new Set(refusals.map(({ awsCode }) => awsCode))].join(', ');
  return new StartEnginesError(
    code,
    `EventBridge PutEvents: ${refusals.length} of ${total} events were refused: ${awsCodes}`,
    {
      cause: errors.length === 1 ? errors[0] : new AggregateError(errors, 'Events were refused.'),
      context: { ...about, eventBusName, refused: refusals },
    },
  );
}
