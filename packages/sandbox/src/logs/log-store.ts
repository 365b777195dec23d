import { AwsError } from '../aws-error.ts';

/** One line in a log stream. Times are milliseconds since the epoch. */
export interface LogEvent {
  readonly eventId: string;
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

export interface LogStream {
  readonly name: string;
  readonly creationTime: number;
  readonly events: readonly LogEvent[];
}

export interface LogGroup {
  readonly name: string;
  readonly creationTime: number;
  readonly streams: ReadonlyMap<string, LogStream>;
  /** The events of all streams, in order of arrival. */
  readonly events: readonly LogEvent[];
}

interface WritableGroup extends LogGroup {
  readonly streams: Map<string, LogStream & { readonly events: LogEvent[] }>;
  readonly events: LogEvent[];
}

/** How many events of a log group are kept. */
const keptEvents = 20_000;

/** The log groups and their events. */
export class LogStore {
  readonly #groups = new Map<string, WritableGroup>();
  #lastId = 0;

  has(name: string): boolean {
    return this.#groups.has(name);
  }

  all(): readonly LogGroup[] {
    return [...this.#groups.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(name: string): LogGroup {
    const group = this.#groups.get(name);
    if (group === undefined) {
      throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    return group;
  }

  /** @throws AwsError `ResourceAlreadyExistsException` */
  create(name: string, now: number): void {
    if (this.has(name)) {
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
    }
    this.#groups.set(name, { name, creationTime: now, streams: new Map(), events: [] });
  }

  delete(name: string): void {
    this.get(name);
    this.#groups.delete(name);
  }

  /** Writes each line of a text as an event. Creates a missing group or stream. */
  write(groupName: string, streamName: string, text: string, at: number): void {
    if (!this.has(groupName)) this.create(groupName, at);
    const group = this.get(groupName) as WritableGroup;
    const stream = group.streams.get(streamName) ?? { name: streamName, creationTime: at, events: [] };
    group.streams.set(streamName, stream);
    for (const message of text.split('\n')) {
      if (message === '') continue;
      this.#lastId += 1;
      const eventId = String(this.#lastId).padStart(56, '3');
      const event = { eventId, logStreamName: streamName, timestamp: at, ingestionTime: at, message };
      stream.events.push(event);
      group.events.push(event);
    }
    if (group.events.length > keptEvents) group.events.splice(0, group.events.length - keptEvents);
  }
}
