import { InvalidArgumentError } from 'commander';
import type { AddCommand } from '../command-context.ts';
import type { DiffOptions } from '../mappings/diff-mappings.ts';
import type { GetOptions } from '../mappings/get-mapping.ts';
import { formatMappingKeys } from '../mappings/mapping-keys.ts';
import type { PutOptions } from '../mappings/put-mappings.ts';
import type { RollbackOptions } from '../mappings/rollback-mapping.ts';
import type { ValidateOptions } from '../mappings/validate-mappings.ts';

export const addMappingsCommand: AddCommand = (program, bind) => {
  const mappings = program
    .command('mappings')
    .description('show, check and change where and how services run: the mappings in Parameter Store')
    .addHelpText('after', () => `\nKeys of a mapping (docs/mapping.md explains them):\n${formatMappingKeys()}`);

  mappings
    .command('list')
    .description('list all mappings with their versions and problems')
    .action(
      bind(async (context) => {
        const { listMappings } = await import('../mappings/list-mappings.ts');
        return listMappings(context);
      }),
    );

  mappings
    .command('get')
    .description('print mappings; values that look secret are hidden')
    .argument('[name...]', 'services, or defaults (default: all)')
    .option('--at <version>', 'an older version', readVersion)
    .option('-o, --output <path>', 'write a file or a folder of files, for put; secrets are not hidden there')
    .option('--reveal', 'show values that look secret')
    .action(
      bind(async (context, names: string[], options: GetOptions) => {
        const { getMappings } = await import('../mappings/get-mapping.ts');
        return getMappings(context, names, options);
      }),
    );

  mappings
    .command('validate')
    .description('check mappings against the schema and AWS, and name the container that gets the environment')
    .argument('[name or file...]', 'mappings in Parameter Store, or files and folders (default: all mappings)')
    .option('--offline', 'check files against the schema alone, without AWS')
    .action(
      bind(async (context, words: string[], options: ValidateOptions) => {
        const { validateMappings } = await import('../mappings/validate-mappings.ts');
        return validateMappings(context, words, options);
      }),
    );

  mappings
    .command('put')
    .description('write files or folders, if they are valid and Parameter Store has not changed since get')
    .argument('<file...>', 'files named after their service, such as auth.json, or folders of them')
    .option(
      '--if-version <number>',
      'write only if this is the newest version; 0: only if there is none',
      readVersionOrNone,
    )
    .option('--dry-run', 'check everything, show the differences, and write nothing')
    .action(
      bind(async (context, paths: string[], options: PutOptions) => {
        const { putMappings } = await import('../mappings/put-mappings.ts');
        return putMappings(context, paths, options);
      }),
    );

  mappings
    .command('diff')
    .description('compare a file with the newest version, or two versions')
    .argument('<name or file...>')
    .option('--from <number>', 'the older version (default: the one before)', readVersion)
    .option('--to <number>', 'the newer version (default: the newest)', readVersion)
    .option('--reveal', 'show values that look secret')
    .action(
      bind(async (context, words: string[], options: DiffOptions) => {
        const { diffMappings } = await import('../mappings/diff-mappings.ts');
        return diffMappings(context, words, options);
      }),
    );

  mappings
    .command('edit')
    .description('open the newest version in $VISUAL or $EDITOR, check it, and write it')
    .argument('<name>', 'a service, or defaults')
    .action(
      bind(async (context, name: string) => {
        const { editMapping } = await import('../mappings/edit-mapping.ts');
        return editMapping(context, name);
      }),
    );

  mappings
    .command('history')
    .description('list all versions: time, author and changed keys')
    .argument('<name>', 'a service, or defaults')
    .action(
      bind(async (context, name: string) => {
        const { showHistory } = await import('../mappings/show-history.ts');
        return showHistory(context, name);
      }),
    );

  mappings
    .command('rollback')
    .description('write an older version again, as the newest')
    .argument('<name>', 'a service, or defaults')
    .option('--to <number>', 'the version to restore (default: the newest valid one before the newest)', readVersion)
    .action(
      bind(async (context, name: string, options: RollbackOptions) => {
        const { rollbackMapping } = await import('../mappings/rollback-mapping.ts');
        return rollbackMapping(context, name, options);
      }),
    );
};

function readVersion(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a version: a whole number from 1.');
  return Number(text);
}

function readVersionOrNone(text: string): number {
  return text === '0' ? 0 : readVersion(text);
}
