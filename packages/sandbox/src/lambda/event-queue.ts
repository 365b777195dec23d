import type { SandboxClock } from '../clock.ts';
import type { EventInvokeConfig } from './event-invoke-config.ts';
import type { InvocationOutcome } from './lambda-process.ts';

/** The record that Lambda sends to the on-failure destination. AWS-049. */
export interface OnFailureRecord {
  readonly version: '1.0';
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: 'RetriesExhausted' | 'EventAgeExceeded';
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: unknown;
  /** Missing if the event was never tried. */
  readonly responseContext?: {
    readonly statusCode: 200;
    readonly executedVersion: string;
    readonly functionError: 'Unhandled';
  };
  readonly responsePayload?: unknown;
}

/** A failed event. Without a destination, Lambda drops it. */
export interface FailedEvent {
  readonly functionName: string;
  readonly destinationArn: string | undefined;
  /** True if the function's role may not send to the destination. Lambda then drops the record. */
  readonly denied?: true;
  readonly record: OnFailureRecord;
}

export interface QueuedEvent {
  readonly functionName: string;
  /** The invoked version or alias. Default `$LATEST`. */
  readonly qualifier: string | undefined;
  /** With the qualifier, if one was used. */
  readonly functionArn: string;
  readonly requestId: string;
  readonly payload: string;
}

export interface EventQueue {
  /** Accepts the event at once, and runs it later with retries. AWS-048. */
  accept(event: QueuedEvent): void;
  failures(): readonly FailedEvent[];
  /** The number of accepted events that have neither succeeded nor finally failed, of one function or of all. */
  pending(functionName?: string): number;
  close(): void;
}

type Attempt = InvocationOutcome & { readonly executedVersion: string };
type FailedAttempt = Exclude<Attempt, { readonly kind: 'succeeded' }>;

export interface EventQueueOptions {
  readonly clock: SandboxClock;
  readonly retryDelaysMs: readonly [first: number, second: number];
  readonly configOf: (event: QueuedEvent) => EventInvokeConfig;
  /** Runs the event once. `throttled`: the reserved concurrency is used up. `gone`: the function no longer exists. */
  readonly run: (event: QueuedEvent) => Promise<Attempt | { readonly kind: 'throttled' } | { readonly kind: 'gone' }>;
  /** Whether the function's role may send to the on-failure destination. */
  readonly mayReach: (event: QueuedEvent, destinationArn: string) => Promise<boolean>;
  readonly deliverTwice: () => boolean;
}

/** Throttled events are retried after one second, with increasing delays of up to five minutes. */
const throttleBackoffMs = [1_000, 300_000] as const;

export function createEventQueue(options: EventQueueOptions): EventQueue {
  const { clock } = options;
  const failures: FailedEvent[] = [];
  const waits = new Set<() => void>();
  const pending = new Set<{ readonly functionName: string }>();
  let closed = false;

  const wait = (delayMs: number) =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(delayMs, () => {
        waits.delete(cancel);
        resolve();
      });
      waits.add(cancel);
    });

  async function work(event: QueuedEvent): Promise<void> {
    const acceptedAt = clock.now();
    let attempts = 0;
    let throttles = 0;
    let last: FailedAttempt | undefined;
    while (!closed) {
      const outcome = await options.run(event);
      if (outcome.kind === 'succeeded' || outcome.kind === 'gone') return;
      const config = options.configOf(event);
      let delayMs: number;
      if (outcome.kind === 'throttled') {
        delayMs = Math.min(throttleBackoffMs[0] * 2 ** throttles++, throttleBackoffMs[1]);
      } else {
        last = outcome;
        attempts += 1;
        if (attempts > config.maximumRetryAttempts) return giveUp(event, 'RetriesExhausted', attempts, last);
        delayMs = options.retryDelaysMs[attempts - 1] ?? 0;
      }
      const ageLimitMs = config.maximumEventAgeSeconds * 1000;
      const ageMs = clock.now() + delayMs - acceptedAt;
      if (ageMs > ageLimitMs) {
        // An event fails when its maximum age is reached, not earlier.
        await wait(acceptedAt + ageLimitMs - clock.now());
        return giveUp(event, 'EventAgeExceeded', attempts, last);
      }
      await wait(delayMs);
    }
  }

  async function giveUp(
    event: QueuedEvent,
    condition: OnFailureRecord['requestContext']['condition'],
    attempts: number,
    last: FailedAttempt | undefined,
  ): Promise<void> {
    if (closed) return;
    const { functionName, functionArn, qualifier, requestId } = event;
    const destinationArn = options.configOf(event).onFailureDestination;
    const isDenied = destinationArn !== undefined && !(await options.mayReach(event, destinationArn));
    failures.push({
      functionName,
      destinationArn,
      ...(isDenied ? { denied: true } : {}),
      record: {
        version: '1.0',
        timestamp: new Date(clock.now()).toISOString(),
        requestContext: {
          requestId,
          functionArn: qualifier === undefined ? `${functionArn}:$LATEST` : functionArn,
          condition,
          approximateInvokeCount: attempts,
        },
        requestPayload: JSON.parse(event.payload),
        ...(last === undefined ? {} : describeResponse(last)),
      },
    });
  }

  function deliver(event: QueuedEvent): void {
    const delivery = { functionName: event.functionName };
    pending.add(delivery);
    void work(event).finally(() => pending.delete(delivery));
  }

  return {
    accept(event) {
      deliver(event);
      if (options.deliverTwice()) deliver(event);
    },
    failures: () => [...failures],
    pending: (functionName) =>
      [...pending].filter((one) => functionName === undefined || one.functionName === functionName).length,
    close() {
      closed = true;
      for (const cancel of waits) cancel();
      waits.clear();
    },
  };
}

function describeResponse({ executedVersion, error }: FailedAttempt) {
  return {
    responseContext: { statusCode: 200, executedVersion, functionError: 'Unhandled' },
    responsePayload: error,
  } as const;
}
