import type { AddCommand } from '../command-context.ts';
import type { StatusOptions } from '../status/show-status.ts';
import { readSeconds } from './read-seconds.ts';

export const addStatusCommand: AddCommand = (program, bind) => {
  program
    .command('status')
    .description('show tasks, the health of their targets, how the last task ended, and problems of mappings')
    .argument('[service...]', 'services (default: all)')
    .option('--watch', 'refresh until Ctrl-C')
    .option('--interval <seconds>', 'pause between two reads', readSeconds, 2)
    .action(
      bind(async (context, services: string[], options: StatusOptions) => {
        const { showStatus } = await import('../status/show-status.ts');
        return showStatus(context, services, options);
      }),
    );
};
