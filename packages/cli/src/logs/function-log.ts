import { callAws } from '@start-engines/aws';
import { logMessages, StartEnginesError } from '@start-engines/core';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { pause } from '../pause.ts';
import { isAbout, type LogLine, readLogLine } from './read-log-line.ts';

/** How late an event can arrive after one that was written later. */
const lateMs = 10_000;

export interface LogQuery {
  /** A service, a request ID or a correlation ID; undefined for everything. */
  readonly about?: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** Reads the function's log. Each call of `next` returns the lines that are new since the last call. */
export interface LogReader {
  /** @throws CliError `LogGroupNotFound`. @throws StartEnginesError an AWS code. */
  next(): Promise<readonly LogLine[]>;
}

/** `/aws/lambda/<name>` of a function named by name or ARN, with or without an alias. */
export function logGroupOf(functionName: string): string {
  const name = functionName.replace(/^.*:function:/, '').split(':')[0];
  return `/aws/lambda/${name}`;
}

export function createLogReader({ aws, options, signal }: CommandContext, { about, since }: LogQuery): LogReader {
  const logGroupName = logGroupOf(options.functionName);
  const seen = new Set<string>();
  const requests = new Set<string>();
  let from = since;
  return {
    async next() {
      const { FilterLogEventsCommand } = await import('../sdk/cloudwatch-logs.ts');
      const client = await aws.logs();
      // CloudWatch only narrows the search by text. The parsed fields decide which lines match.
      const filterPattern = about === undefined ? undefined : `"${about.replaceAll(/["\\]/g, '\\$&')}"`;
      const operation = { service: 'CloudWatch Logs', operation: 'FilterLogEvents', about: { logGroupName } } as const;
      const lines: LogLine[] = [];
      let newest = from;
      let nextToken: string | undefined;
      do {
        const input = {
          logGroupName,
          startTime: from,
          ...(filterPattern === undefined ? {} : { filterPattern }),
          ...(nextToken === undefined ? {} : { nextToken }),
        };
        const page = await callAws(operation, () =>
          client.send(new FilterLogEventsCommand(input), { abortSignal: signal }),
        ).catch((error: unknown) => {
          throw explain(error, logGroupName);
        });
        for (const { eventId = '', timestamp = 0, message = '' } of page.events ?? []) {
          newest = Math.max(newest, timestamp);
          if (seen.has(eventId)) continue;
          seen.add(eventId);
          const line = readLogLine(timestamp, message.trimEnd());
          if (about === undefined || isMeant(line, about, requests)) lines.push(line);
        }
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      from = Math.max(from, newest - lateMs);
      return lines.toSorted((a, b) => a.timestamp - b.timestamp);
    },
  };
}

/** The log line of a failed request for several services names none of them. */
function isMeant(line: LogLine, about: string, requests: Set<string>): boolean {
  const { message, requestId, services } = line;
  if (isAbout(line, about)) {
    if (message === logMessages.request && requestId !== undefined) requests.add(requestId);
    return true;
  }
  return services.length === 0 && requestId !== undefined && requests.has(requestId);
}

/** New lines as they arrive, until it is aborted. */
export async function* followLog(
  reader: LogReader,
  { signal }: CommandContext,
  intervalMs: number,
): AsyncGenerator<readonly LogLine[]> {
  while (!signal.aborted) {
    try {
      yield await reader.next();
    } catch (error) {
      if (signal.aborted) return;
      // FilterLogEvents accepts five calls per second for the whole account.
      if (!(error instanceof StartEnginesError && error.code === 'AwsThrottled')) throw error;
    }
    await pause(intervalMs, signal);
  }
}

function explain(error: unknown, logGroupName: string): unknown {
  if (!(error instanceof StartEnginesError) || error.context.awsCode !== 'ResourceNotFoundException') return error;
  return new CliError('LogGroupNotFound', `Log group ${logGroupName} does not exist.`, {
    exitCode: exitCodes.unknown,
    cause: error,
    hint: 'Check --workspace, --region and --function.',
  });
}
