import type { SandboxClock } from '../clock.ts';
import type { EventInvokeConfig } from './event-invoke-config.ts';
import type { InvocationOutcome } from './lambda-process.ts';

/** What Lambda sends to the on-failure destination. */
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
  /** Not there when the event was never tried. */
  readonly responseContext?: {
    readonly statusCode: 200;
    readonly executedVersion: '$LATEST';
    readonly functionError: 'Unhandled';
  };
  readonly responsePayload?: unknown;
}

/** One event that was given up. Without a destination Lambda drops it: then the record is all that is left of it. */
export interface FailedEvent {
  readonly functionName: string;
  readonly destinationArn: string | undefined;
  readonly record: OnFailureRecord;
}

export interface QueuedEvent {
  readonly functionName: string;
  readonly functionArn: string;
  readonly requestId: string;
  readonly payload: string;
}

export interface EventQueue {
  /** Accepts the event at once; it is run later, however often that takes. */
  accept(event: QueuedEvent): void;
  failures(): readonly FailedEvent[];
  /** Accepted events that have neither succeeded nor been given up, of one function or of all. */
  pending(functionName?: string): number;
  close(): void;
}

export interface EventQueueOptions {
  readonly clock: SandboxClock;
  readonly retryDelaysMs: readonly [first: number, second: number];
  readonly configOf: (functionName: string) => EventInvokeConfig;
  /** Runs the event once; `throttled` when the reserved concurrency is used up, `gone` without the function. */
  readonly run: (
    event: QueuedEvent,
  ) => Promise<InvocationOutcome | { readonly kind: 'throttled' } | { readonly kind: 'gone' }>;
  readonly deliverTwice: () => boolean;
}

/** Throttled events are tried again after one second, then ever later, up to five minutes. */
const THROTTLE_BACKOFF_MS = [1_000, 300_000] as const;

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
    let response: unknown;
    while (!closed) {
      const outcome = await options.run(event);
      if (outcome.kind === 'succeeded' || outcome.kind === 'gone') return;
      const config = options.configOf(event.functionName);
      let delayMs: number;
      if (outcome.kind === 'throttled') {
        delayMs = Math.min(THROTTLE_BACKOFF_MS[0] * 2 ** throttles++, THROTTLE_BACKOFF_MS[1]);
      } else {
        response = outcome.error;
        attempts += 1;
        if (attempts > config.maximumRetryAttempts) return giveUp(event, 'RetriesExhausted', attempts, response);
        delayMs = options.retryDelaysMs[attempts - 1] ?? 0;
      }
      const ageLimitMs = config.maximumEventAgeSeconds * 1000;
      const ageMs = clock.now() + delayMs - acceptedAt;
      if (ageMs > ageLimitMs) {
        // An event is given up when its time is over, not when that can first be foreseen.
        await wait(acceptedAt + ageLimitMs - clock.now());
        return giveUp(event, 'EventAgeExceeded', attempts, response);
      }
      await wait(delayMs);
    }
  }

  function giveUp(
    event: QueuedEvent,
    condition: OnFailureRecord['requestContext']['condition'],
    attempts: number,
    response: unknown,
  ): void {
    if (closed) return;
    const { functionName, functionArn, requestId } = event;
    const answered = {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: response,
    } as const;
    failures.push({
      functionName,
      destinationArn: options.configOf(functionName).onFailureDestination,
      record: {
        version: '1.0',
        timestamp: new Date(clock.now()).toISOString(),
        requestContext: {
          requestId,
          functionArn: `${functionArn}:$LATEST`,
          condition,
          approximateInvokeCount: attempts,
        },
        requestPayload: JSON.parse(event.payload),
        ...(attempts === 0 ? {} : answered),
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
