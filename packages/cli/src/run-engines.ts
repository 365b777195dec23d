import { CommanderError } from 'commander';
import { CliError, interrupted } from './cli-error.ts';
import { createBind } from './create-bind.ts';
import { createProgram } from './create-program.ts';
import { describeFailure, type Failure } from './describe-failure.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { hasColors } from './output/has-colors.ts';
import { oneLine, toSafeJson } from './output/terminal-text.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Runs one command line and returns its exit code. Never rejects.
 *
 * @param signal aborted by Ctrl-C
 */
export async function runEngines(
  commandLine: readonly string[],
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<ExitCode> {
  let ended: ExitCode = exitCodes.done;
  const end = (exitCode: ExitCode) => {
    ended = exitCode;
  };
  const program = createProgram(surroundings, createBind({ surroundings, signal, end }));
  try {
    await program.parseAsync(commandLine, { from: 'user' });
    return ended;
  } catch (caught) {
    // Commander has already printed the error, or the requested help.
    if (caught instanceof CommanderError) {
      if (caught.exitCode === 0) return exitCodes.done;
      if (wantsJson(commandLine)) tell(toUsage(caught), surroundings, true, false);
      return exitCodes.usage;
    }
    // Ctrl-C aborts the current calls; their errors are not AWS's.
    const failure = describeFailure(signal.aborted && !(caught instanceof CliError) ? interrupted() : caught);
    tell(failure, surroundings, wantsJson(commandLine), true);
    return failure.exitCode;
  }
}

function toUsage({ code, message }: CommanderError): Failure {
  // Commander has printed the help instead of a message.
  const words = code === 'commander.help' ? 'A command is missing.' : message.replace(/^error: /, '');
  return { code: 'Usage', message: words, exitCode: exitCodes.usage, details: {} };
}

function wantsJson(commandLine: readonly string[]): boolean {
  const end = commandLine.indexOf('--');
  return commandLine.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** People read the failure on stderr. With --json it is also printed on stdout, in place of the result. */
function tell(failure: Failure, { stdout, stderr, environment }: Surroundings, json: boolean, people: boolean): void {
  const { code, message, hint, lines = [], exitCode, details } = failure;
  if (json) {
    const error = { code, message, ...(hint === undefined ? {} : { hint }), ...details };
    stdout.write(`${toSafeJson({ error, exitCode })}\n`);
  }
  if (!people) return;
  const isPlain = exitCode === exitCodes.usage || exitCode === exitCodes.interrupted;
  const first = isPlain ? message : `${code}: ${message}`;
  const [on, off] = hasColors(stderr, environment) ? ['\u001b[31m', '\u001b[39m'] : ['', ''];
  const below = [...lines, ...(hint === undefined ? [] : [hint])].map((line) => `${oneLine(line)}\n`);
  stderr.write(`${on}${oneLine(first)}${off}\n${below.join('')}`);
}
