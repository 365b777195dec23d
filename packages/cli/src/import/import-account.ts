import { writeFileSync } from 'node:fs';
import { usageError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { joinLines } from '../output/terminal-text.ts';
import { propose } from './propose.ts';
import { readInventory } from './read-inventory.ts';
import { renderTfvars } from './render-tfvars.ts';

export interface ImportOptions {
  readonly cluster?: readonly string[];
  readonly output?: string;
}

/**
 * Writes a first tfvars file from the resources that exist. It only reads AWS.
 *
 * @throws CliError `Usage` if the file exists
 */
export async function importAccount({ aws, options, output }: CommandContext, given: ImportOptions): Promise<void> {
  const region = await (await aws.ecs()).config.region();
  const inventory = await readInventory(aws, given.cluster ?? []);
  const proposal = propose(inventory, options.workspace);
  const text = renderTfvars(proposal, { region, workspace: options.workspace });
  const undecided = [
    ...proposal.settings.map((setting) => ({ path: setting.name, setting })),
    ...proposal.services.flatMap(({ name, settings }) =>
      settings.map((setting) => ({ path: `services.${name}.${setting.name}`, setting })),
    ),
  ].flatMap(({ path, setting }) =>
    setting.value === undefined ? [{ setting: path, reason: setting.comment ?? '' }] : [],
  );
  const document = { services: proposal.services.map(({ name }) => name), undecided, tfvars: text };
  if (given.output === undefined) {
    output.result(document, joinLines(text.trimEnd().split('\n')));
    return;
  }
  writeNew(given.output, text);
  const count = `${proposal.services.length} services, ${undecided.length} values undecided`;
  output.result({ ...document, file: given.output }, `Wrote ${given.output}: ${count}.`);
}

function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw usageError(`File ${path} exists already.`);
    throw usageError(`File ${path} cannot be written: ${(error as Error).message}`);
  }
}
