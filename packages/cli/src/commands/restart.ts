import type { AddCommand } from '../command-context.ts';

export const addRestartCommand: AddCommand = (program, bind) => {
  program
    .command('restart')
    .description('replace the tasks of services; an old task is stopped only once the new one is healthy')
    .argument('<service...>')
    .action(
      bind(async (context, services: string[]) => {
        const { restart } = await import('../operate/operate.ts');
        return restart(context, services);
      }),
    );
};
