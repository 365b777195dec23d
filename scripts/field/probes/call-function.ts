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

/** Status 0: no answer. `at` is when the request was sent, in milliseconds since the epoch, by the clock of this machine. */
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
  const offset = await clockOffset({ clients, resources });
  const answers = await invoke({ clients, resources }, { requests: sent, ...repeat });
  return answers.map((answer) => ({ ...answer, at: answer.at - offset }));
}

type Callable = Pick<ProbeWorld, 'clients' | 'resources'>;

async function invoke({ clients, resources }: Callable, event: object): Promise<readonly Answer[]> {
  const Payload = JSON.stringify(event);
  const reply = await clients.lambda.send(new InvokeCommand({ FunctionName: resources.functionName, Payload }));
  const text = Buffer.from(reply.Payload ?? []).toString();
  if (reply.FunctionError !== undefined) throw new Error(`the field test's function failed: ${text}`);
  return JSON.parse(text) as readonly Answer[];
}

const offsets = new WeakMap<ProbeWorld['clients'], Promise<number>>();

/** How far the clock of the function is ahead of this machine's, in milliseconds. The fastest of five answers decides. */
function clockOffset(world: Callable): Promise<number> {
  const known = offsets.get(world.clients) ?? measureOffset(world);
  offsets.set(world.clients, known);
  return known;
}

async function measureOffset(world: Callable): Promise<number> {
  const tries: { readonly took: number; readonly offset: number }[] = [];
  for (let count = 0; count < 5; count += 1) {
    const from = Date.now();
    const [answer] = await invoke(world, { clock: true });
    const to = Date.now();
    tries.push({ took: to - from, offset: Math.round((answer?.at ?? to) - (from + to) / 2) });
  }
  return tries.toSorted((one, other) => one.took - other.took)[0]?.offset ?? 0;
}

/** An event that the function has received and logged. `at` is by the clock of this machine. */
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
    const offset = await clockOffset({ clients, resources });
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
    return found
      .map(({ at, event }) => ({ at: at - offset, event }))
      .filter(({ event }) => JSON.stringify(event).includes(text))
      .sort((one, other) => one.at - other.at);
  };
  return until(read, isEnough, patienceMs);
}

function readLine(message: string): readonly ReceivedEvent[] {
  const [, at, event] = /field-test-event (\d+) (\{.*\})/.exec(message) ?? [];
  return event === undefined ? [] : [{ at: Number(at), event: JSON.parse(event) as ReceivedEvent['event'] }];
}
