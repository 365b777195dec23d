import { exitCodes } from './exit-codes.ts';
import { runEngines } from './run-engines.ts';

const { stdin, stdout, stderr, env: environment } = process;
const controller = new AbortController();
let interrupts = 0;
process.on('SIGINT', () => {
  interrupts += 1;
  // A second Ctrl-C ends the command at once.
  if (interrupts > 1) process.exit(exitCodes.interrupted);
  controller.abort();
});
// `engines logs | head`: the reader has closed the pipe.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.done);
});

process.exitCode = await runEngines(process.argv.slice(2), { stdin, stdout, stderr, environment }, controller.signal);
