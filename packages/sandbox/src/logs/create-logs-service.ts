import { AwsError } from '../aws-error.ts';
import type { SandboxClock } from '../clock.ts';
import { makeArn } from '../model/arn.ts';
import type { Operations } from '../operation.ts';
import { compileFilterPattern } from './filter-pattern.ts';
import { type LogGroup, LogStore, type LogStream } from './log-store.ts';

export interface LogsServiceOptions {
  readonly clock: SandboxClock;
  readonly region: string;
  readonly accountId: string;
}

/** The part of CloudWatch Logs that functions write to and users read. */
export interface LogsService {
  readonly operations: Operations;
  readonly store: LogStore;
}

type Input = Readonly<Record<string, unknown>>;

const largestListing = 50;
const largestPage = 10_000;

export function createLogsService({ clock, region, accountId }: LogsServiceOptions): LogsService {
  const store = new LogStore();
  const account = { region, accountId };
  const groupArn = ({ name }: LogGroup) => makeArn(account, 'logs', `log-group:${name}`);
  const groupOf = (input: Input) => store.get(nameOf(input));

  const operations: Operations = {
    CreateLogGroup(input) {
      const name = String(input.logGroupName);
      if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) throw invalid('logGroupName', name);
      store.create(name, clock.now());
      return {};
    },
    DeleteLogGroup(input) {
      store.delete(String(input.logGroupName));
      return {};
    },
    DescribeLogGroups(input) {
      const prefix = String(input.logGroupNamePrefix ?? '');
      const { items, nextToken } = cut(
        store.all().filter(({ name }) => name.startsWith(prefix)),
        input,
        largestListing,
      );
      const logGroups = items.map((group) => ({
        logGroupName: group.name,
        creationTime: group.creationTime,
        metricFilterCount: 0,
        arn: `${groupArn(group)}:*`,
        logGroupArn: groupArn(group),
        logGroupClass: 'STANDARD',
        storedBytes: 0,
      }));
      return { logGroups, nextToken };
    },
    DescribeLogStreams(input) {
      const group = groupOf(input);
      const { items, nextToken } = cut(orderStreams(group, input), input, largestListing);
      const logStreams = items.map(({ name, creationTime, events }) => ({
        logStreamName: name,
        creationTime,
        firstEventTimestamp: events[0]?.timestamp,
        lastEventTimestamp: events.at(-1)?.timestamp,
        lastIngestionTime: events.at(-1)?.ingestionTime,
        arn: `${groupArn(group)}:log-stream:${name}`,
        storedBytes: 0,
      }));
      return { logStreams, nextToken };
    },
    FilterLogEvents(input) {
      const group = groupOf(input);
      const matches = compileFilterPattern(String(input.filterPattern ?? ''));
      const names = new Set((input.logStreamNames as readonly string[] | undefined) ?? group.streams.keys());
      const { startTime = 0, endTime = Number.POSITIVE_INFINITY } = input as { startTime?: number; endTime?: number };
      if (startTime > endTime) {
        throw new AwsError('InvalidParameterException', 'startTime cannot be later than endTime.');
      }
      const prefix = String(input.logStreamNamePrefix ?? '');
      const found = group.events
        .filter(({ logStreamName }) => names.has(logStreamName) && logStreamName.startsWith(prefix))
        .filter(({ timestamp, message }) => timestamp >= startTime && timestamp <= endTime && matches(message))
        .toSorted((a, b) => a.timestamp - b.timestamp);
      const { items, nextToken } = cut(found, input, largestPage);
      return { events: items, searchedLogStreams: [], nextToken };
    },
  };
  return { operations, store };
}

/** The name of a log group, which an identifier may also give as an ARN. */
function nameOf(input: Input): string {
  const { logGroupName, logGroupIdentifier } = input;
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw new AwsError(
      'InvalidParameterException',
      'You must include either logGroupName or logGroupIdentifier, but not both.',
    );
  }
  return String(logGroupName ?? logGroupIdentifier).replace(/^arn:[^:]*:logs:[^:]*:\d*:log-group:/, '');
}

function orderStreams(group: LogGroup, input: Input): readonly LogStream[] {
  const prefix = String(input.logStreamNamePrefix ?? '');
  const byTime = input.orderBy === 'LastEventTime';
  if (byTime && prefix !== '') {
    throw new AwsError('InvalidParameterException', 'Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const last = ({ events }: LogStream) => events.at(-1)?.timestamp ?? 0;
  const ordered = [...group.streams.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .toSorted((a, b) => (byTime ? last(a) - last(b) : a.name < b.name ? -1 : 1));
  return input.descending === true ? ordered.toReversed() : ordered;
}

/** One page. A token contains the start of the next page. */
function cut<Item>(items: readonly Item[], input: Input, largest: number) {
  const limit = (input.limit as number | undefined) ?? largest;
  if (limit < 1 || limit > largest) throw invalid('limit', String(limit));
  const token = input.nextToken;
  const start = token === undefined ? 0 : Number(/^page:(\d+)$/.exec(String(token))?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  const end = start + limit;
  return { items: items.slice(start, end), nextToken: end < items.length ? `page:${end}` : undefined };
}

function invalid(member: string, value: string): AwsError {
  return new AwsError(
    'InvalidParameterException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint`,
  );
}
