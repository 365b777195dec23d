import type { AddCommand } from '../command-context.ts';
import type { ImportOptions } from './import-account.ts';

export const addImportCommand: AddCommand = (program, bind) => {
  program
    .command('import')
    .description(
      'write a first tfvars file from existing clusters, task definitions and load balancers; reads AWS only',
    )
    .option('--cluster <name...>', 'only these clusters (default: all)')
    .option('--output <file>', 'the file to write (default: standard output); it must not exist')
    .action(
      bind(async (context, options: ImportOptions) => {
        const { importAccount } = await import('./import-account.ts');
        return importAccount(context, options);
      }),
    );
};
