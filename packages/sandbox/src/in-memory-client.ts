import { randomUUID } from 'node:crypto';
import type { AwsError } from './aws-error.ts';
import type { ServiceName } from './operation.ts';
import type { Dispatcher } from './wire/dispatch-call.ts';

/** A command of the SDK for JavaScript. Its class is named after the operation. */
interface SdkCommand {
  readonly input: object;
}

/**
 * A replacement for an SDK client that calls the model directly, without HTTP, serialisation or retries. It uses the same call
 * log and planted faults as the HTTP API.
 */
export interface InMemoryClient {
  send(command: SdkCommand): Promise<Record<string, unknown>>;
  /** Calls an operation by name, without a command. */
  call(operation: string, input: object): Promise<Record<string, unknown>>;
}

/**
 * @param caller the access key ID in the call log
 */
export function createInMemoryClient(dispatcher: Dispatcher, service: ServiceName, caller: string): InMemoryClient {
  return {
    send: (command) => call(command.constructor.name.replace(/Command$/, ''), command.input),
    call,
  };

  async function call(operation: string, given: object): Promise<Record<string, unknown>> {
    if (!dispatcher.has(service, operation)) throw new RangeError(`the sandbox has no ${service} ${operation}`);
    // As over the wire, the caller and the model must not share objects.
    const input = structuredClone(withoutUndefined(given));
    const { outcome } = await dispatcher.dispatch({ service, operation, caller, requestId: randomUUID(), input });
    switch (outcome.kind) {
      case 'output':
        return { ...structuredClone(outcome.output), $metadata: { httpStatusCode: 200 } };
      case 'error':
        throw toSdkException(outcome.error);
      case 'dropped':
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      case 'no-answer':
        throw Object.assign(new Error('the request timed out'), { name: 'TimeoutError' });
    }
  }
}

function withoutUndefined(input: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/** The exception as the SDK's deserialisers create it. */
function toSdkException(error: AwsError): Error {
  return Object.assign(new Error(error.message, { cause: error }), {
    ...error.members,
    name: error.code,
    $fault: error.httpStatus >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: error.httpStatus },
  });
}
