import { Option } from 'commander';
import type { AddCommand } from '../command-context.ts';
import type { StartOptions } from '../operate/operate.ts';

export const addStartCommand: AddCommand = (program, bind) => {
  program
    .command('start')
    .description('start services, those first on which others of them depend, and show it until they are up')
    .argument('[service...]')
    .option('--all', 'every service that has a mapping')
    .addOption(
      new Option('--wait <until>', 'what to wait for, instead of what the mapping says').choices([
        'none',
        'running',
        'healthy',
      ]),
    )
    .option('--set <key=value>', 'an override that the mapping allows; again for the next', collect, [])
    .action(
      bind(async (context, services: string[], options: StartOptions) => {
        const { start } = await import('../operate/operate.ts');
        return start(context, services, options);
      }),
    );
};

function collect(setting: string, settings: readonly string[]): readonly string[] {
  return [...settings, setting];
}
