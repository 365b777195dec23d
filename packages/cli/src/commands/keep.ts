import type { AddCommand } from '../command-context.ts';
import { readDuration } from './read-duration.ts';

export const addKeepCommand: AddCommand = (program, bind) => {
  program
    .command('keep')
    .description('keep services up: start those that are down, and count as use of the others')
    .argument('<service...>')
    .option('--for <duration>', 'how long, such as 45m, 2h or 1d (default: the mapping’s leaseSeconds)', readDuration)
    .action(
      bind(async (context, services: string[], { for: seconds }: { readonly for?: number }) => {
        const { start } = await import('../operate/operate.ts');
        return start(context, services, { set: [], ...(seconds === undefined ? {} : { for: seconds }) });
      }),
    );
};
