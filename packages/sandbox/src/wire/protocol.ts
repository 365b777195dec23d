import type { AwsError } from '../aws-error.ts';
import type { WireRequest } from './identify-call.ts';
import type { InputShapes } from './shape.ts';

/** A reply as it goes out. */
export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** How one service's requests and replies look on the wire. */
export interface Protocol {
  /**
   * Which operation a request means.
   *
   * @throws AwsError the service's own error when it means none.
   */
  operationOf(request: WireRequest): string;
  /**
   * The operation's input, typed as its shape says.
   *
   * @throws AwsError when the body cannot be parsed. @throws ShapeError when it has the wrong shape.
   */
  readInput(request: WireRequest, operation: string, shapes: InputShapes): Record<string, unknown>;
  writeOutput(operation: string, output: Readonly<Record<string, unknown>>, requestId: string): WireReply;
  writeError(error: AwsError, requestId: string): WireReply;
  /** The error for an operation that the service does not have. */
  unknownOperation(operation: string): AwsError;
}
