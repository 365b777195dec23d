import { InvalidArgumentError } from 'commander';
import type { AddCommand } from '../command-context.ts';
import type { StatusOptions } from '../status/show-status.ts';

export const addStatusCommand: AddCommand = (program, bind) => {
  program
    .command('status')
    .description('tell what is up: tasks, their targets’ health, what ended last, and what is wrong with mappings')
    .argument('[service...]', 'all services unless named')
    .option('--watch', 'look again and again')
    .option('--interval <seconds>', 'between two looks', readSeconds, 2)
    .action(
      bind(async (context, services: string[], options: StatusOptions) => {
        const { showStatus } = await import('../status/show-status.ts');
        return showStatus(context, services, options);
      }),
    );
};

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0.2 && seconds <= 3_600)) {
    throw new InvalidArgumentError('It is a number of seconds from 0.2 to 3600.');
  }
  return seconds;
}
