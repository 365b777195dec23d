import type { OperationContext, Ports } from '@start-engines/core';
import type { Meter } from '../meter.ts';
import type { Reply } from '../replies/reply.ts';
import { countResult, type Result } from '../replies/results.ts';

/** An object whose keys come from a caller. Read it with `fieldOf`, which ignores inherited keys. */
export type Fields = Readonly<Record<string, unknown>>;

/** Where a caller's fields come from, and what that trigger adds to every operation. */
export interface Origin {
  /** The place as messages call it: `The detail`, `The input`. */
  readonly where: string;
  /** Fields that this trigger has in addition to the operation's own, such as `action`. */
  readonly own: readonly string[];
  /** When the operation was requested, in milliseconds since the epoch. */
  readonly asked: number;
  /** When Lambda first received the request, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Whether the caller can wait until a task is up. */
  readonly canWait: boolean;
  /** Whether `services: "all"` is allowed here. */
  readonly allowAll: boolean;
  /** The workspace that this function serves; undefined when the environment names none. */
  readonly workspace: string | undefined;
  /** Whether the fields must name the workspace. */
  readonly mustBeAddressed: boolean;
}

export interface RunOptions {
  readonly ports: Ports;
  readonly meter: Meter;
  readonly context: OperationContext;
}

/** How callers request an operation. */
export interface OperationTriggers {
  /** The `action` of a direct invoke. */
  readonly action?: string;
  /** The detail-type of an event. */
  readonly detailType?: string;
  /** The AWS source of that event; undefined when any source except AWS's own may send it. */
  readonly source?: string;
  /** Method and path of an HTTP request, with `{name}` for the service. */
  readonly routes?: readonly string[];
}

/** One operation, with everything that the handler knows about it. */
export interface OperationDefinition<Request, Outcome> {
  /** The name in the log. */
  readonly name: string;
  readonly triggers: OperationTriggers;
  /**
   * Checks the caller's fields.
   *
   * @throws StartEnginesError `InvalidRequest` that names the field.
   */
  read(fields: Fields, origin: Origin): Request;
  /** The services of the request; undefined when they are not known in advance, or belong to another owner. */
  services(request: Request, origin: Origin): readonly string[] | undefined;
  /** Details in the log line `request`. */
  logDetails?(request: Request): Fields;
  /** Keys of every later log line of the invocation. */
  logKeys?(request: Request): Fields;
  /** @throws StartEnginesError Any code of the catalogue. */
  run(request: Request, options: RunOptions): Promise<Outcome>;
  /** @throws StartEnginesError when the outcome is a failure. */
  reply(outcome: Outcome, request: Request): Reply;
}

/** A checked request, ready to run. Code behind it never sees what the caller wrote. */
export interface OperationRequest {
  readonly operation: string;
  readonly services: readonly string[] | undefined;
  readonly logDetails: Fields;
  readonly logKeys: Fields;
  run(options: RunOptions): Promise<Reply>;
}

/** An operation as triggers see it. */
export interface Operation {
  readonly triggers: OperationTriggers;
  read(fields: Fields, origin: Origin): OperationRequest;
}

export function defineOperation<Request, Outcome>(definition: OperationDefinition<Request, Outcome>): Operation {
  const { name, triggers } = definition;
  return {
    triggers,
    read(fields, origin) {
      const request = definition.read(fields, origin);
      return {
        operation: name,
        services: definition.services(request, origin),
        logDetails: definition.logDetails?.(request) ?? {},
        logKeys: definition.logKeys?.(request) ?? {},
        run: async (options) => definition.reply(await definition.run(request, options), request),
      };
    },
  };
}

/** An operation with a result for each of its services, which are counted as `<metric>Count` and `<metric>Failure`. */
export function defineServiceOperation<Request, Each extends Result<{ readonly service: string }>>(
  definition: OperationDefinition<Request, readonly Each[]> & { readonly metric: string },
): Operation {
  return defineOperation<Request, readonly Each[]>({
    ...definition,
    async run(request, options) {
      const results = await definition.run(request, options);
      for (const result of results) countResult(options.meter, definition.metric, result);
      return results;
    },
  });
}
