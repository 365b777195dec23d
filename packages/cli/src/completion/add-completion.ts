import addTab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import type { Surroundings } from '../surroundings.ts';

/** Arguments that are completed with names from Parameter Store: the command, its argument, and whether it accepts `defaults`. */
const named: readonly (readonly [command: string, argument: string, withDefaults: boolean])[] = [
  ...['status', 'start', 'stop', 'restart', 'doctor', 'send'].map((command) => [command, 'service', false] as const),
  ['logs', 'about', false],
  ['mappings get', 'name', true],
  ['mappings validate', 'name or file', true],
  ['mappings diff', 'name or file', true],
  ['mappings edit', 'name', true],
  ['mappings history', 'name', true],
  ['mappings rollback', 'name', true],
];

/**
 * Adds `engines complete`. It completes the commands and options that the program has by now, and the existing services.
 * It calls AWS only if a name can come next.
 */
export function addCompletion(program: Command, environment: Surroundings['environment']): void {
  const completions = addTab(program);
  let names: readonly string[] = [];
  for (const [command, argument, withDefaults] of named) {
    const known = completions.commands.get(command)?.arguments.get(argument);
    if (known === undefined) throw new Error(`there is no argument ${argument} of ${command} to complete`);
    known.handler = (offer) => {
      for (const name of names) if (withDefaults || name !== 'defaults') offer(name, '');
    };
  }
  const complete = program.commands.find((command) => command.name() === 'complete');
  complete?.hook('preAction', async (_, { args }) => {
    const last = args.at(-1) ?? '';
    const before = args.slice(0, -1).filter((word) => !word.startsWith('-'));
    const mayName = named.some(([command]) => command.split(' ').every((word) => before.includes(word)));
    if (last.startsWith('-') || !mayName) return;
    const { readNames } = await import('./read-names.ts');
    names = await readNames(args.slice(0, -1), environment);
  });
}
