import type { AddCommand } from '../command-context.ts';

export const addResumeCommand: AddCommand = (program, bind) => {
  program
    .command('resume')
    .description('end a pause: requests wake the services again')
    .argument('[service...]')
    .option('--all', 'every service')
    .action(
      bind(async (context, services: string[], { all }: { readonly all?: true }) => {
        const { resume } = await import('../operate/operate.ts');
        return resume(context, services, all);
      }),
    );
};
