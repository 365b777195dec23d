import type { AddCommand } from '../command-context.ts';

export const addStopCommand: AddCommand = (program, bind) => {
  program
    .command('stop')
    .description('take services out of the load balancer, let them drain, and stop their tasks')
    .argument('[service...]')
    .option('--all', 'every service; asks first, or wants --yes')
    .action(
      bind(async (context, services: string[], { all }: { readonly all?: true }) => {
        const { stop } = await import('../operate/operate.ts');
        return stop(context, services, all ?? false);
      }),
    );
};
