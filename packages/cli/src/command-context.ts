import type { Command } from 'commander';
import type { AwsAccess } from './aws-access.ts';
import type { ExitCode } from './exit-codes.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Output } from './output/output.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything that a command uses. */
export interface CommandContext {
  readonly options: GlobalOptions;
  readonly output: Output;
  readonly aws: AwsAccess;
  readonly surroundings: Surroundings;
  /** Aborted by Ctrl-C. A command that is aborted throws `interrupted(…)`. */
  readonly signal: AbortSignal;
}

/**
 * The implementation of a command. Commander gives it the operands, then the options. It resolves to an exit code other
 * than 0, or to nothing, and throws if it fails.
 */
export type CommandAction<Operands extends unknown[]> = (
  context: CommandContext,
  ...operands: Operands
  // biome-ignore lint/suspicious/noConfusingVoidType: an action that succeeds returns nothing
) => Promise<ExitCode | void>;

/** Converts an action to a callback for commander's `action()`. */
export type Bind = <Operands extends unknown[]>(
  action: CommandAction<Operands>,
) => (...given: [...Operands, Command]) => Promise<void>;

/**
 * Adds one command to the program. Each has its own file under `commands/`, which only defines the command line. The
 * implementation is imported when the command runs, so that help and completion stay fast.
 */
export type AddCommand = (program: Command, bind: Bind) => void;
