import { InvalidArgumentError, Option } from 'commander';
import type { AddCommand } from '../command-context.ts';
import type { LogsOptions } from '../logs/show-logs.ts';
import { readSeconds } from './read-seconds.ts';

export const addLogsCommand: AddCommand = (program, bind) => {
  program
    .command('logs')
    .description('show the log of the function')
    .argument('[about]', 'a service, a request ID or a correlation ID')
    .option('-f, --follow', 'keep showing new lines')
    .addOption(
      new Option('--since <span>', 'how far back, such as 90s, 15m, 2h or 3d')
        .argParser(readSpan)
        .default(10_800, '3h'),
    )
    .option('--interval <seconds>', 'pause between two reads when following', readSeconds, 2)
    .action(
      bind(async (context, about: string | undefined, options: LogsOptions) => {
        const { showLogs } = await import('../logs/show-logs.ts');
        return showLogs(context, about, options);
      }),
    );
};

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

function readSpan(text: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Expected a number with s, m, h or d, such as 15m.');
  return Number(number) * (secondsIn[unit] as number);
}
