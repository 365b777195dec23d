import type { MiddlewareObj, Request } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Envelope } from '../request.ts';

/** What the middlewares find out about an invocation, each for those after it. */
export interface InvocationState extends Record<string, unknown> {
  envelope?: Envelope;
  correlationId?: string;
  /** Milliseconds since the epoch. */
  deadline?: number;
  /** When this process received the request, in milliseconds since the epoch. */
  receivedAt?: number;
}

export type InvocationRequest = Request<unknown, unknown, Error, Context, InvocationState>;
export type Middleware = MiddlewareObj<unknown, unknown, Error, Context, InvocationState>;

/** What an earlier middleware must have left. A missing one is a mistake in the order of `.use()`. */
export function required<Name extends keyof InvocationState & string>(
  request: InvocationRequest,
  name: Name,
): NonNullable<InvocationState[Name]> {
  const value = request.internal[name];
  if (value === undefined || value === null) throw new Error(`No middleware has left ${name}.`);
  return value as NonNullable<InvocationState[Name]>;
}
