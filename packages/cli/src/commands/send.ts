import { Option } from 'commander';
import type { AddCommand } from '../command-context.ts';
import type { SendOptions, SentAction } from '../send/send.ts';
import { readSeconds } from './read-seconds.ts';

export const addSendCommand: AddCommand = (program, bind) => {
  const actions = ['start', 'stop', 'restart'] as const satisfies readonly SentAction[];
  program
    .command('send')
    .description('put the EventBridge event, as an application does, and wait for the outcome')
    .addArgument(program.createArgument('<action>').choices(actions))
    .argument('<service...>')
    .option('--bus <name>', 'the event bus', 'default')
    .option('--source <name>', 'the event’s source', 'custom.app')
    .addOption(
      new Option('--until <until>', 'what a start waits for (default: the mapping’s wait)').choices([
        'none',
        'running',
        'healthy',
      ]),
    )
    .option('--set <key=value>', 'an override for a start; can be repeated', collect, [])
    .option('--no-wait', 'put the event and do not wait')
    .option(
      '--timeout <seconds>',
      'how long to wait for the outcome (default: 300, of which 60 for the function to receive the event)',
      readSeconds,
    )
    .action(
      bind(async (context, action: SentAction, services: string[], options: SendOptions) => {
        const { send } = await import('../send/send.ts');
        return send(context, action, services, options);
      }),
    );
};

function collect(setting: string, settings: readonly string[]): readonly string[] {
  return [...settings, setting];
}
