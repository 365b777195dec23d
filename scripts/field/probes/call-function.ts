import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type ProbeWorld, until } from './world.ts';

/** A request that the function sends to the load balancer. */
export interface RequestToSend {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyBytes?: number;
}

/** Status 0: no answer. `at` is when the request was sent, in milliseconds since the epoch. */
export interface Answer {
  readonly at: number;
  readonly status: number;
  readonly body: string;
}

/** Lets the function send the requests from inside of the VPC, `times` times in turn. */
export async function send(
  { clients, resources }: ProbeWorld,
  requests: readonly RequestToSend[],
  repeat: { readonly times?: number; readonly pauseMs?: number } = {},
): Promise<readonly Answer[]> {
  const sent = requests.map(({ path, ...request }) => ({ url: `${resources.url}${path}`, ...request }));
  const Payload = JSON.stringify({ requests: sent, ...repeat });
  const reply = await clients.lambda.send(new InvokeCommand({ FunctionName: resources.functionName, Payload }));
  const text = Buffer.from(reply.Payload ?? []).toString();
  if (reply.FunctionError !== undefined) throw new Error(`the field test's function failed: ${text}`);
  return JSON.parse(text) as readonly Answer[];
}

/** An event that the function has received and logged. */
export interface ReceivedEvent {
  readonly at: number;
  readonly event: Readonly<Record<string, unknown>>;
}

/** Reads the function's log until it has enough events that contain the text. */
export function receivedEvents(
  { clients, resources }: ProbeWorld,
  text: string,
  isEnough: (events: readonly ReceivedEvent[]) => boolean,
  patienceMs?: number,
): Promise<readonly ReceivedEvent[]> {
  const logGroupName = `/aws/lambda/${resources.functionName}`;
  const read = async () => {
    const found: ReceivedEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await clients.logs.send(
        new FilterLogEventsCommand({
          logGroupName,
          filterPattern: '"field-test-event"',
          ...(nextToken ? { nextToken } : {}),
        }),
      );
      found.push(...(page.events ?? []).flatMap(({ message = '' }) => readLine(message)));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return found.filter(({ event }) => JSON.stringify(event).includes(text)).sort((one, other) => one.at - other.at);
  };
  return until(read, isEnough, patienceMs);
}

function readLine(message: string): readonly ReceivedEvent[] {
  const [, at, event] = /field-test-event (\d+) (\{.*\})/.exec(message) ?? [];
  return event === undefined ? [] : [{ at: Number(at), event: JSON.parse(event) as ReceivedEvent['event'] }];
}
