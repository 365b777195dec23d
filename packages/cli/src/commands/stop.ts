import type { AddCommand } from '../command-context.ts';

export const addStopCommand: AddCommand = (program, bind) => {
  program
    .command('stop')
    .description('deregister services from the load balancer, drain them, and stop their tasks')
    .argument('[service...]')
    .option('--all', 'every service; asks for confirmation, or requires --yes')
    .action(
      bind(async (context, services: string[], { all }: { readonly all?: true }) => {
        const { stop } = await import('../operate/operate.ts');
        return stop(context, services, all ?? false);
      }),
    );
};
