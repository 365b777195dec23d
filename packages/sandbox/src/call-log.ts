import type { Authorisation } from './authorisation/authoriser.ts';
import type { ServiceName } from './operation.ts';

/** One call, as the sandbox saw it. Times are milliseconds since the epoch in the sandbox's time. */
export interface CallLogEntry {
  /** 1 for the first call, then rising by one. */
  readonly sequence: number;
  readonly requestId: string;
  readonly service: ServiceName;
  readonly operation: string;
  /** The access key id that signed the request; a Lambda process has one of its own (`SANDBOXLAMBDA<n>`). */
  readonly caller: string;
  /** Whether the operation is one that changes a resource; put events and invocations do not count. */
  readonly mutating: boolean;
  readonly startedAt: number;
  readonly input: Readonly<Record<string, unknown>>;
  endedAt?: number;
  output?: Readonly<Record<string, unknown>>;
  error?: { readonly code: string; readonly message: string; readonly httpStatus: number };
  /** What the caller's role had to allow, where the sandbox authorises; up to the first thing that was denied. */
  authorisations?: readonly Authorisation[];
  /** The kind of the planted fault that struck this call. */
  fault?: string;
  /** What the caller got: a reply, a connection that was cut, or nothing at all. */
  outcome?: 'answered' | 'dropped' | 'no-answer';
  /** Request and reply as they went over the wire, when the sandbox was told to keep them. */
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
  /** The calls that the filter lets through, oldest first. */
  list(filter?: CallFilter): readonly CallLogEntry[];
  /** The number of the last call; hand it to `list({ after })` to see only what came later. */
  readonly lastSequence: number;
  /** The whole log as JSON lines. */
  toJsonLines(): string;
  clear(): void;
}

/** The log as the doors write it. */
export interface WritableCallLog extends CallLog {
  begin(call: Omit<CallLogEntry, 'sequence' | 'mutating'>): CallLogEntry;
}

/** The names that read although they do not begin like a read. */
const NOT_MUTATING = /^(Describe|List|Get|Test|PutEvents$|Invoke$)/;

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
      const entry: CallLogEntry = { ...call, sequence, mutating: !NOT_MUTATING.test(call.operation) };
      entries.push(entry);
      // Cutting in lumps keeps the cost of a call constant.
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

/** For `JSON.stringify`: bytes as base64 instead of an object with a member for each byte. */
export function replaceBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
