import { CliError, interrupted } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodes } from './exit-codes.ts';
import { oneLine } from './output/terminal-text.ts';

/**
 * Asks for confirmation of something that is hard to undo. Without a terminal, `--yes` is required.
 *
 * @param explain returns what a person should know before answering
 * @throws CliError `NotConfirmed`
 */
export async function confirm(
  { options, output, signal, surroundings }: CommandContext,
  question: string,
  explain: () => Promise<string>,
): Promise<void> {
  if (options.yes) return;
  if (!output.isInteractive) throw notConfirmed(`${question} Confirmation needs a terminal. Add --yes to confirm.`);
  const explanation = await explain();
  const { confirm: ask, isCancel } = await import('@clack/prompts');
  const { stdin: input, stdout } = surroundings;
  const answer = await ask({
    message: oneLine(`${question} ${explanation}`),
    initialValue: false,
    input,
    output: stdout,
    signal,
  });
  if (isCancel(answer)) throw interrupted('Nothing was done.');
  if (answer !== true) throw notConfirmed('Nothing was done.');
}

function notConfirmed(message: string): CliError {
  return new CliError('NotConfirmed', message, { exitCode: exitCodes.usage });
}
