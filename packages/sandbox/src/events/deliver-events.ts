import { AwsError } from '../aws-error.ts';
import type { SandboxClock } from '../clock.ts';
import type { DurationRange } from '../durations.ts';
import type { Random } from '../random.ts';
import type { BusEvent } from './event.ts';
import type { Rule, Target } from './rules.ts';
import { targetInput } from './target-input.ts';

export interface DeliveryOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  /** Delay from the bus to the target. Events may overtake each other. */
  readonly deliveryMs: DurationRange;
  /** Probability that an event is delivered twice, 0 to 1: EventBridge delivers at least once. */
  readonly duplicateChance: () => number;
  /** Adds a payload to a Lambda function's queue. @throws AwsError if Lambda rejects it */
  readonly invokeAsync: (functionArn: string, payload: string) => unknown;
}

/** An undelivered event, as a dead-letter queue would receive it. */
export interface UndeliveredEvent {
  /** The target's dead-letter queue. Without one, EventBridge drops the event. */
  readonly deadLetterArn: string | undefined;
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly retryAttempts: number;
  readonly exhaustedRetryCondition: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | undefined;
  readonly event: BusEvent;
}

export interface Delivery {
  deliver(rule: Rule, target: Target, event: BusEvent): void;
  undelivered(): readonly UndeliveredEvent[];
}

/** EventBridge's default retry policy: 185 times in 24 hours. */
const defaultRetries = 185;
const defaultAgeSeconds = 86_400;

/** Errors that a retry cannot fix. Their events go to the dead-letter queue at once. */
const notRetried = ['ResourceNotFoundException', 'AccessDeniedException', 'UnsupportedTarget'];

export function createDelivery(options: DeliveryOptions): Delivery {
  const { clock, random } = options;
  const undelivered: UndeliveredEvent[] = [];
  const send = (rule: Rule, target: Target, event: BusEvent, publishedAt: number, attempt: number): void => {
    try {
      handOver(options, rule, target, event);
    } catch (cause) {
      if (!(cause instanceof AwsError)) throw cause;
      const exhausted = exhaustedCondition(target, attempt, clock.now() - publishedAt);
      if (exhausted === undefined && !notRetried.includes(cause.code)) {
        const backOffMs = Math.min(2 ** attempt * 1000, 300_000);
        clock.after(backOffMs, () => send(rule, target, event, publishedAt, attempt + 1));
        return;
      }
      undelivered.push({
        deadLetterArn: target.DeadLetterConfig?.Arn,
        ruleArn: rule.arn,
        targetArn: target.Arn,
        errorCode: cause.code,
        errorMessage: cause.message,
        retryAttempts: attempt,
        exhaustedRetryCondition: exhausted,
        event,
      });
    }
  };
  return {
    deliver(rule, target, event) {
      // AWS-051
      const copies = random.chance(options.duplicateChance()) ? 2 : 1;
      const publishedAt = clock.now();
      for (let copy = 0; copy < copies; copy += 1) {
        clock.after(random.integer(...options.deliveryMs), () => send(rule, target, event, publishedAt, 0));
      }
    },
    undelivered: () => undelivered,
  };
}

function handOver(options: DeliveryOptions, rule: Rule, target: Target, event: BusEvent): void {
  if (!/^arn:[a-z-]+:lambda:/.test(target.Arn)) {
    throw new AwsError('UnsupportedTarget', `The sandbox delivers to Lambda functions only, not to ${target.Arn}.`);
  }
  options.invokeAsync(target.Arn, targetInput(target, rule, event));
}

function exhaustedCondition(target: Target, attempt: number, ageMs: number) {
  const policy = target.RetryPolicy ?? {};
  if (attempt >= (policy.MaximumRetryAttempts ?? defaultRetries)) return 'MaximumRetryAttempts' as const;
  const expired = ageMs >= (policy.MaximumEventAgeInSeconds ?? defaultAgeSeconds) * 1000;
  return expired ? ('MaximumEventAgeInSeconds' as const) : undefined;
}
