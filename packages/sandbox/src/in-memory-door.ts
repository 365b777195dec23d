import { randomUUID } from 'node:crypto';
import type { AwsError } from './aws-error.ts';
import type { ServiceName } from './operation.ts';
import type { Dispatcher } from './wire/dispatch-call.ts';

/** A command of the SDK for JavaScript: named after its operation, with the input in it. */
interface SdkCommand {
  readonly input: object;
}

/**
 * Stands where an SDK client stands, and calls the model directly: no HTTP, no serialising, no retries. The log and the
 * planted faults are those of the other door.
 */
export interface InMemoryClient {
  send(command: SdkCommand): Promise<Record<string, unknown>>;
  /** The same without a command, by the operation's name. */
  call(operation: string, input: object): Promise<Record<string, unknown>>;
}

/**
 * @param caller the access key id that the log shows
 */
export function createInMemoryClient(dispatcher: Dispatcher, service: ServiceName, caller: string): InMemoryClient {
  return {
    send: (command) => call(command.constructor.name.replace(/Command$/, ''), command.input),
    call,
  };

  async function call(operation: string, given: object): Promise<Record<string, unknown>> {
    if (!dispatcher.has(service, operation)) throw new RangeError(`the sandbox has no ${service} ${operation}`);
    // As over the wire: nobody shares an object with the model.
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

/** The exception as the SDK's deserialisers make it. */
function toSdkException(error: AwsError): Error {
  return Object.assign(new Error(error.message, { cause: error }), {
    ...error.members,
    name: error.code,
    $fault: error.httpStatus >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: error.httpStatus },
  });
}
