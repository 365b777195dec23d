import type { Command } from 'commander';
import type { AwsAccess } from './aws-access.ts';
import type { ExitCode } from './exit-codes.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Output } from './output/output.ts';
import type { Surroundings } from './surroundings.ts';

/** What a command works with. */
export interface CommandContext {
  readonly options: GlobalOptions;
  readonly output: Output;
  readonly aws: AwsAccess;
  readonly surroundings: Surroundings;
  /** Aborted by Ctrl-C. A command that is aborted throws `interrupted(…)`. */
  readonly signal: AbortSignal;
}

/**
 * What a command does. Its arguments are commander's: the operands, then the options. It resolves to an exit code where
 * that is not 0, and throws for everything that it cannot do.
 */
export type CommandAction<Operands extends unknown[]> = (
  context: CommandContext,
  ...operands: Operands
  // biome-ignore lint/suspicious/noConfusingVoidType: an action that ends well need not say so
) => Promise<ExitCode | void>;

/** Makes an action into what commander's `action()` takes. */
export type Bind = <Operands extends unknown[]>(
  action: CommandAction<Operands>,
) => (...given: [...Operands, Command]) => Promise<void>;

/**
 * Adds one command to the program. Each has a file of its own under `commands/`, which only says what the command line is;
 * what it does is imported when it is called, so that help and completion answer at once.
 */
export type AddCommand = (program: Command, bind: Bind) => void;
