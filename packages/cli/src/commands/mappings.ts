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
    .description('where and how services run: look at, check and change the mappings in Parameter Store')
    .addHelpText('after', () => `\nKeys of a mapping, which the README explains:\n${formatMappingKeys()}`);

  mappings
    .command('list')
    .description('all mappings with their versions, and what is broken')
    .action(
      bind(async (context) => {
        const { listMappings } = await import('../mappings/list-mappings.ts');
        return listMappings(context);
      }),
    );

  mappings
    .command('get')
    .description('print mappings; what looks secret is hidden')
    .argument('[name...]', 'services, or defaults; all unless named')
    .option('--at <version>', 'an older version', readVersion)
    .option('-o, --output <path>', 'write a file, or a folder of files, for put; nothing is hidden there')
    .option('--reveal', 'show what looks secret')
    .action(
      bind(async (context, names: string[], options: GetOptions) => {
        const { getMappings } = await import('../mappings/get-mapping.ts');
        return getMappings(context, names, options);
      }),
    );

  mappings
    .command('validate')
    .description('compare mappings with the schema and with AWS, and name the container that gets the environment')
    .argument('[name or file...]', 'mappings in Parameter Store, or files and folders; all mappings unless named')
    .option('--offline', 'files only: the schema, and nothing that AWS would have to be asked for')
    .action(
      bind(async (context, words: string[], options: ValidateOptions) => {
        const { validateMappings } = await import('../mappings/validate-mappings.ts');
        return validateMappings(context, words, options);
      }),
    );

  mappings
    .command('put')
    .description('write files or folders, once they are right and unless somebody else has changed what they replace')
    .argument('<file...>', 'files named for their service, such as auth.json, or folders of them')
    .option('--if-version <number>', 'only if this is the newest version; 0: if there is none', readVersionOrNone)
    .option('--dry-run', 'check everything, show the differences, and write nothing')
    .action(
      bind(async (context, paths: string[], options: PutOptions) => {
        const { putMappings } = await import('../mappings/put-mappings.ts');
        return putMappings(context, paths, options);
      }),
    );

  mappings
    .command('diff')
    .description('a file against the newest version, or one version against another')
    .argument('<name or file...>')
    .option('--from <number>', 'the older version; the one before, unless said', readVersion)
    .option('--to <number>', 'the newer version; the newest, unless said', readVersion)
    .option('--reveal', 'show what looks secret')
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
    .description('all versions: when, by whom, which keys')
    .argument('<name>', 'a service, or defaults')
    .action(
      bind(async (context, name: string) => {
        const { showHistory } = await import('../mappings/show-history.ts');
        return showHistory(context, name);
      }),
    );

  mappings
    .command('rollback')
    .description('write an older version once more, as the newest')
    .argument('<name>', 'a service, or defaults')
    .option('--to <number>', 'that version; the newest valid one before, unless said', readVersion)
    .action(
      bind(async (context, name: string, options: RollbackOptions) => {
        const { rollbackMapping } = await import('../mappings/rollback-mapping.ts');
        return rollbackMapping(context, name, options);
      }),
    );
};

function readVersion(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It is a version: a whole number from 1 up.');
  return Number(text);
}

function readVersionOrNone(text: string): number {
  return text === '0' ? 0 : readVersion(text);
}
