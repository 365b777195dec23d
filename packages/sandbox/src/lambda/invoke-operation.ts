import type { Operation } from '../operation.ts';
import type { QualifiedFunction } from './deployed-function.ts';
import type { QueuedEvent } from './event-queue.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import type { FunctionNames, FunctionReference } from './function-names.ts';
import { encodeLogTail } from './invocation-log.ts';
import type { FinishedInvocation } from './invoker.ts';
import { invalidParameter, invalidRequestContent, requestTooLarge, tooManyRequests } from './lambda-error.ts';
import type { InvocationRequest } from './lambda-process.ts';

/** The parts of the service that Invoke uses. */
export interface Invocations {
  find(reference: FunctionReference): QualifiedFunction;
  isThrottled(functionName: string): boolean;
  run(configuration: FunctionConfiguration, request: InvocationRequest): Promise<FinishedInvocation>;
  queue(event: QueuedEvent): void;
}

type InvocationType = 'RequestResponse' | 'Event';

const limitBytes: Readonly<Record<InvocationType, number>> = { RequestResponse: 6_291_456, Event: 1_048_576 };

/**
 * The event as JSON. An empty payload becomes an empty object.
 * @throws AwsError RequestTooLargeException, InvalidRequestContentException
 */
export function readEvent(payload: unknown, type: InvocationType): string {
  const text = typeof payload === 'string' ? payload : Buffer.from((payload ?? []) as Uint8Array).toString('utf8');
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > limitBytes[type]) {
    throw requestTooLarge(
      type === 'Event'
        ? `${sizeBytes} byte payload is too large for the Event invocation type (limit ${limitBytes.Event} bytes)`
        : `Request must be smaller than ${limitBytes.RequestResponse} bytes for the InvokeFunction operation`,
    );
  }
  if (text === '') return '{}';
  try {
    JSON.parse(text);
  } catch (cause) {
    throw invalidRequestContent(`Could not parse request body into json: ${(cause as Error).message}`);
  }
  return text;
}

export function createInvokeOperation(names: FunctionNames, invocations: Invocations): Operation {
  return async (input, context) => {
    const { configuration, qualifier, arn } = invocations.find(names.resolve(input.FunctionName, input.Qualifier));
    const type = input.InvocationType ?? 'RequestResponse';
    if (type === 'DryRun') return { StatusCode: 204, ExecutedVersion: configuration.version };
    if (type !== 'RequestResponse' && type !== 'Event') {
      throw invalidParameter(
        `1 validation error detected: Value '${String(type)}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]`,
      );
    }
    const payload = readEvent(input.Payload, type);
    const { functionName } = configuration;
    const { requestId } = context;
    if (type === 'Event') {
      invocations.queue({ functionName, qualifier, functionArn: arn, requestId, payload });
      return { StatusCode: 202 };
    }
    if (invocations.isThrottled(functionName)) throw tooManyRequests();
    const request = { requestId, payload, invokedArn: arn, ...readClientContext(input.ClientContext) };
    const finished = await invocations.run(configuration, request);
    return describeResult(finished, configuration.version, input.LogType === 'Tail');
  };
}

function describeResult(finished: FinishedInvocation, version: string, wantsLog: boolean) {
  const { outcome, log } = finished;
  const text = outcome.kind === 'succeeded' ? outcome.payload : JSON.stringify(outcome.error);
  return {
    StatusCode: 200,
    ExecutedVersion: version,
    ...(outcome.kind === 'succeeded' ? {} : { FunctionError: 'Unhandled' }),
    ...(wantsLog ? { LogResult: encodeLogTail(log) } : {}),
    Payload: new Uint8Array(Buffer.from(text, 'utf8')),
  };
}

function readClientContext(value: unknown): { readonly clientContext?: unknown } {
  if (value === undefined) return {};
  try {
    return { clientContext: JSON.parse(Buffer.from(String(value), 'base64').toString('utf8')) };
  } catch {
    throw invalidRequestContent('Client context must be a valid Base64-encoded JSON object.');
  }
}
