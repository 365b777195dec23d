import type { AwsError } from '../aws-error.ts';
import type { WireRequest } from './identify-call.ts';
import type { InputShapes } from './shape.ts';

/** A reply to send. */
export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The wire format of a service. */
export interface Protocol {
  /**
   * Returns the operation of a request.
   *
   * @throws AwsError the service's error for an unknown operation
   */
  operationOf(request: WireRequest): string;
  /**
   * Parses the operation's input according to its shape.
   *
   * @throws AwsError if the body cannot be parsed. @throws ShapeError if it has the wrong shape
   */
  readInput(request: WireRequest, operation: string, shapes: InputShapes): Record<string, unknown>;
  writeOutput(operation: string, output: Readonly<Record<string, unknown>>, requestId: string): WireReply;
  writeError(error: AwsError, requestId: string): WireReply;
  /** The error for an unknown operation. */
  unknownOperation(operation: string): AwsError;
}
