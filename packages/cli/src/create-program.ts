import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import type { AddCommand, Bind } from './command-context.ts';
import { addCostCommand } from './commands/cost.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addKeepCommand } from './commands/keep.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addMappingsCommand } from './commands/mappings.ts';
import { addReconcileCommand } from './commands/reconcile.ts';
import { addRestartCommand } from './commands/restart.ts';
import { addResumeCommand } from './commands/resume.ts';
import { addSendCommand } from './commands/send.ts';
import { addStartCommand } from './commands/start.ts';
import { addStatusCommand } from './commands/status.ts';
import { addStopCommand } from './commands/stop.ts';
import { addCompletion } from './completion/add-completion.ts';
import { addGlobalOptions } from './global-options.ts';
import { addImportCommand } from './import/add-import-command.ts';
import { stripControls } from './output/terminal-text.ts';
import type { Surroundings } from './surroundings.ts';

/** In the order of the help. */
const commands: readonly AddCommand[] = [
  addStatusCommand,
  addStartCommand,
  addStopCommand,
  addResumeCommand,
  addKeepCommand,
  addRestartCommand,
  addReconcileCommand,
  addLogsCommand,
  addSendCommand,
  addDoctorCommand,
  addCostCommand,
  addMappingsCommand,
  addImportCommand,
];

/** The parser with all commands. An invalid command line throws commander's `CommanderError`. */
export function createProgram({ stdout, stderr, environment }: Surroundings, bind: Bind): Command {
  const program = new Command('engines')
    .description('Start, stop and manage the services of start-engines.')
    .version(manifest.version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(stripControls(text)),
      writeErr: (text) => void stderr.write(stripControls(text)),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
    })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError();
  addGlobalOptions(program);
  for (const add of commands) add(program, bind);
  for (const command of program.commands) command.copyInheritedSettings(program);
  // Last: it completes the commands that exist by now.
  addCompletion(program, environment);
  return program;
}
