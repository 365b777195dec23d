import type { Command } from 'commander';
import type { Bind, CommandAction } from './command-context.ts';
import type { ExitCode } from './exit-codes.ts';
import { readGlobalOptions } from './global-options.ts';
import type { Surroundings } from './surroundings.ts';

export interface BindOptions {
  readonly surroundings: Surroundings;
  readonly signal: AbortSignal;
  readonly end: (exitCode: ExitCode) => void;
}

export function createBind({ surroundings, signal, end }: BindOptions): Bind {
  return <Operands extends unknown[]>(action: CommandAction<Operands>) =>
    async (...given: [...Operands, Command]) => {
      const command = given.at(-1) as Command;
      const options = readGlobalOptions(command);
      const { createAwsAccess } = await import('./aws-access.ts');
      const { createOutput } = await import('./output/output.ts');
      const aws = createAwsAccess(options, surroundings.environment, signal);
      const output = createOutput(surroundings, options);
      try {
        const operands = given.slice(0, -1) as unknown[] as Operands;
        const exitCode = await action({ options, output, aws, surroundings, signal }, ...operands);
        if (typeof exitCode === 'number') end(exitCode);
      } finally {
        aws.destroy();
      }
    };
}
