import { AwsError } from '../aws-error.ts';
import type { EventToPublish } from './event.ts';

interface PutEventsEntry {
  readonly Time?: Date;
  readonly Source?: string;
  readonly Resources?: readonly string[];
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
}

/** One mebibyte for all entries together, since January 2026. */
const largestRequestBytes = 1024 * 1024;

/**
 * PutEvents accepts or rejects each entry on its own, and returns 200. As on AWS, it accepts an entry for a bus that does not
 * exist, and the event is lost.
 *
 * @throws AwsError `ValidationException` for no entry, more than ten entries, or a request that is too large
 */
export function putEvents(
  entries: readonly PutEventsEntry[],
  publish: (busName: string | undefined, event: EventToPublish) => string,
): Readonly<Record<string, unknown>> {
  if (entries.length < 1 || entries.length > 10) {
    const bound = entries.length < 1 ? 'greater than or equal to 1' : 'less than or equal to 10';
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '[${entries.length} entries]' at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  if (entries.reduce((size, entry) => size + entrySize(entry), 0) > largestRequestBytes) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  const results = entries.map((entry) => {
    const problem = entryProblem(entry);
    if (problem !== undefined) return problem;
    const event: EventToPublish = {
      source: entry.Source ?? '',
      detailType: entry.DetailType ?? '',
      detail: JSON.parse(entry.Detail ?? '{}') as Record<string, unknown>,
      resources: entry.Resources ?? [],
      ...(entry.Time === undefined ? {} : { time: entry.Time }),
    };
    return { EventId: publish(entry.EventBusName, event) };
  });
  // AWS-050
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
}

/** The size of an entry by EventBridge's rules: 14 bytes for the time, and the UTF-8 length of all strings. */
function entrySize({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsEntry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return (Time === undefined ? 0 : 14) + texts.reduce((size, text) => size + Buffer.byteLength(text), 0);
}

interface EntryProblem {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

function entryProblem(entry: PutEventsEntry): EntryProblem | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if ((entry[name] ?? '') === '') {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  if (entry.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSource', ErrorMessage: 'Not authorized for the source.' };
  }
  return isJsonObject(entry.Detail ?? '')
    ? undefined
    : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
