import { Option } from 'commander';
import type { AddCommand } from '../command-context.ts';
import type { StartOptions } from '../operate/operate.ts';
import { readDuration } from './read-duration.ts';

export const addStartCommand: AddCommand = (program, bind) => {
  program
    .command('start')
    .description('start services, dependencies first, and show their progress until they are up')
    .argument('[service...]')
    .option('--all', 'every service that has a mapping')
    .addOption(
      new Option('--wait <until>', 'what to wait for (default: the mapping’s wait)').choices([
        'none',
        'running',
        'healthy',
      ]),
    )
    .option('--for <duration>', 'how long the services are requested for, such as 45m, 2h or 1d', readDuration)
    .option('--set <key=value>', 'an override that the mapping allows; can be repeated', collect, [])
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
