import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { callAws, classifyAwsError } from './classify-aws-error.ts';

export interface BusEvent {
  /** Such as `start-engines`. */
  readonly source: string;
  /** Such as `Service Started`. */
  readonly detailType: string;
  readonly detail: object;
}

/** An event bus of EventBridge. */
export interface EventBus {
  /** @throws StartEnginesError when the call fails or the bus refuses the event, with the codes of `TaskRunner` */
  put(event: BusEvent): Promise<void>;
}

export interface EventBusOptions {
  readonly client: EventBridgeClient;
  /** Name or ARN. */
  readonly eventBusName: string;
}

export function createEventBus({ client, eventBusName }: EventBusOptions): EventBus {
  const operation = { service: 'EventBridge', operation: 'PutEvents', about: { eventBusName } } as const;
  return {
    async put({ source, detailType, detail }) {
      const command = new PutEventsCommand({
        Entries: [
          { EventBusName: eventBusName, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) },
        ],
      });
      const reply = await callAws(operation, () => client.send(command));
      const entry = reply.Entries?.[0];
      // PutEvents answers 200 even if it refuses the event. Only an event with an ID is on the bus. AWS-050.
      if (entry?.EventId !== undefined) return;
      const { ErrorCode: name = 'NoEventId', ErrorMessage: message = 'no message' } = entry ?? {};
      throw classifyAwsError(Object.assign(new Error(message), { name }), operation);
    },
  };
}
