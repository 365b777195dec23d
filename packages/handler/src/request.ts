import type { OperationContext, StartRequest } from '@start-engines/core';

/** How an event reached the function. Its envelope tells, never a field that a caller can add. */
export type WayIn = 'event-bus' | 'http' | 'direct';

/** A record whose keys were made by a caller. Read it with `Object.hasOwn`, never by inheritance. */
export type Fields = Readonly<Record<string, unknown>>;

export interface EventBusEnvelope {
  readonly wayIn: 'event-bus';
  readonly source: unknown;
  readonly detailType: unknown;
  readonly time: unknown;
  readonly detail: unknown;
}

export interface HttpEnvelope {
  readonly wayIn: 'http';
  readonly method: string;
  /** Without the stage and without a base path. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: unknown;
  readonly isBase64Encoded: boolean;
  /** Milliseconds since the epoch, where API Gateway says it. */
  readonly time: unknown;
}

export interface DirectEnvelope {
  readonly wayIn: 'direct';
  readonly input: Fields;
}

/** Whose events the function serves. */
export interface Addressee {
  /** Undefined when the environment names no workspace. */
  readonly workspace: string | undefined;
  /** Whether events from the bus that name no workspace are for this one. */
  readonly acceptsUnaddressed: boolean;
}

export type Envelope = EventBusEnvelope | HttpEnvelope | DirectEnvelope;

/** What is asked for, checked. `asked` is in milliseconds since the epoch. */
export type Operation =
  /** `several`: the caller gave a list, and gets one. */
  | { readonly kind: 'start'; readonly requests: readonly [StartRequest, ...StartRequest[]]; readonly several: boolean }
  | { readonly kind: 'stop'; readonly services: readonly string[] | 'all'; readonly asked: number }
  | {
      readonly kind: 'restart';
      readonly services: readonly [string, ...string[]];
      readonly several: boolean;
      readonly asked: number;
    }
  /** `dryRun`: only tells what it would do. */
  | { readonly kind: 'reconcile'; readonly asked: number; readonly dryRun: boolean }
  /** Of all services when none is named. */
  | { readonly kind: 'status'; readonly services?: readonly string[]; readonly several: boolean }
  /** A task changed: `version` is the least that a look at it must reach, `startedBy` says whose task it is, `running` that it runs now. */
  | {
      readonly kind: 'look';
      readonly taskArn: string;
      readonly version: number;
      readonly startedBy: string | undefined;
      readonly running: boolean;
    };

/** One invocation as the operations see it. */
export interface Invocation {
  readonly wayIn: WayIn;
  readonly operation: Operation;
  /** The one service that the operation is about, when it is about one. */
  readonly service?: string;
  readonly context: OperationContext;
}
