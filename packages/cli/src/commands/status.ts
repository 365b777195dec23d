import type { AddCommand } from '../command-context.ts';
import type { StatusOptions } from '../status/show-status.ts';
import { readSeconds } from './read-seconds.ts';

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
