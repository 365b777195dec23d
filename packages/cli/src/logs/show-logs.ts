import { formatMoment } from '@start-engines/core';
import type { CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { during } from '../output/during.ts';
import { formatDuration } from '../output/format-duration.ts';
import { formatLogLine } from './format-log-line.ts';
import { createLogReader, followLog } from './function-log.ts';
import type { LogLine } from './read-log-line.ts';

export interface LogsOptions {
  readonly follow?: true;
  /** Seconds. */
  readonly since: number;
  /** Seconds between two reads. */
  readonly interval: number;
}

/** `engines logs`. */
export async function showLogs(
  context: CommandContext,
  about: string | undefined,
  { follow, since, interval }: LogsOptions,
): Promise<ExitCode> {
  const query = { since: Date.now() - since * 1_000, ...(about === undefined ? {} : { about }) };
  const reader = createLogReader(context, query);
  if (!follow) {
    const lines = await during(context, 'reading the log', reader.next());
    tell(context, lines);
    if (lines.length === 0) {
      context.output.remark(
        `No log lines${about === undefined ? '' : ` about ${about}`} in the last ${formatDuration(since)}.`,
      );
    }
    return exitCodes.done;
  }
  for await (const lines of followLog(reader, context, interval * 1_000)) tell(context, lines);
  return exitCodes.interrupted;
}

function tell({ output }: CommandContext, lines: readonly LogLine[]): void {
  for (const line of lines) {
    if (line.kind === 'noise') continue;
    const { timestamp, kind: _, ...rest } = line;
    output.event({ timestamp: formatMoment(timestamp), ...rest }, formatLogLine(line, output.style));
  }
}
