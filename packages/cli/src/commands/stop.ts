import type { AddCommand } from '../command-context.ts';
import type { StopOptions } from '../operate/operate.ts';

export const addStopCommand: AddCommand = (program, bind) => {
  program
    .command('stop')
    .description('deregister services from the load balancer, drain them, and stop their tasks')
    .argument('[service...]')
    .option('--all', 'every service; asks for confirmation, or requires --yes')
    .option('--pause', 'requests do not wake the services until "engines resume" or the next start')
    .action(
      bind(async (context, services: string[], options: StopOptions) => {
        const { stop } = await import('../operate/operate.ts');
        return stop(context, services, options);
      }),
    );
};
