import type { Authorisation } from './authorisation/authoriser.ts';
import type { ServiceName } from './operation.ts';

/** A recorded call. Times are milliseconds since the epoch, in sandbox time. */
export interface CallLogEntry {
  /** 1 for the first call, then increasing by one. */
  readonly sequence: number;
  readonly requestId: string;
  readonly service: ServiceName;
  readonly operation: string;
  /** The access key ID that signed the request. Each Lambda process has its own (`SANDBOXLAMBDA<n>`). */
  readonly caller: string;
  /** Whether the operation changes a resource. PutEvents and Invoke do not count. */
  readonly mutating: boolean;
  readonly startedAt: number;
  readonly input: Readonly<Record<string, unknown>>;
  endedAt?: number;
  output?: Readonly<Record<string, unknown>>;
  error?: { readonly code: string; readonly message: string; readonly httpStatus: number };
  /** The permissions that the call needed, up to the first denied one. Only with the option `authorise`. */
  authorisations?: readonly Authorisation[];
  /** The kind of the planted fault that applied to this call. */
  fault?: string;
  /** Whether the caller received a reply, a closed connection, or nothing. */
  outcome?: 'answered' | 'dropped' | 'no-answer';
  /** The raw request and reply, with the option `keepRawMessages`. */
  raw?: RawExchange;
}

export interface RawExchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Record<string, string>;
    readonly body: string;
  };
  readonly reply?: { readonly status: number; readonly headers: Record<string, string>; readonly body: string };
}

export interface CallFilter {
  readonly service?: ServiceName;
  readonly operation?: string;
  readonly caller?: string;
  readonly mutating?: boolean;
  /** Only calls after this sequence number. */
  readonly after?: number;
}

export interface CallLog {
  /** The calls that match the filter, oldest first. */
  list(filter?: CallFilter): readonly CallLogEntry[];
  /** The number of the last call. Pass it to `list({ after })` to get only later calls. */
  readonly lastSequence: number;
  /** The whole log as JSON lines. */
  toJsonLines(): string;
  clear(): void;
}

/** The log with the method that records calls. */
export interface WritableCallLog extends CallLog {
  begin(call: Omit<CallLogEntry, 'sequence' | 'mutating'>): CallLogEntry;
}

/** Operations that change no resource. */
const readingOperation = /^(Describe|List|Get|Test|PutEvents$|Invoke$)/;

/** Keeps the latest `limit` calls. */
export function createCallLog(limit: number): WritableCallLog {
  let entries: CallLogEntry[] = [];
  let sequence = 0;
  return {
    get lastSequence() {
      return sequence;
    },
    begin(call) {
      sequence += 1;
      const entry: CallLogEntry = { ...call, sequence, mutating: !readingOperation.test(call.operation) };
      entries.push(entry);
      // Removing entries in batches keeps the average cost of a call constant.
      if (entries.length > limit * 2) entries = entries.slice(-limit);
      return entry;
    },
    list(filter = {}) {
      return entries.slice(-limit).filter((entry) => passes(entry, filter));
    },
    toJsonLines() {
      return entries
        .slice(-limit)
        .map((entry) => `${JSON.stringify(entry, replaceBytes)}\n`)
        .join('');
    },
    clear() {
      entries = [];
    },
  };
}

function passes(entry: CallLogEntry, filter: CallFilter): boolean {
  return (
    (filter.service === undefined || entry.service === filter.service) &&
    (filter.operation === undefined || entry.operation === filter.operation) &&
    (filter.caller === undefined || entry.caller === filter.caller) &&
    (filter.mutating === undefined || entry.mutating === filter.mutating) &&
    (filter.after === undefined || entry.sequence > filter.after)
  );
}

/** A replacer for `JSON.stringify` that writes bytes as base64. */
export function replaceBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
