import { exitCodes } from './exit-codes.ts';
import { runEngines } from './run-engines.ts';

const { stdin, stdout, stderr, env: environment } = process;
const controller = new AbortController();
let interrupts = 0;
process.on('SIGINT', () => {
  interrupts += 1;
  // Whoever presses Ctrl-C twice does not want to wait for a last word.
  if (interrupts > 1) process.exit(exitCodes.interrupted);
  controller.abort();
});
// `engines logs | head`: whoever read has gone, and there is nobody to tell.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.done);
});

process.exitCode = await runEngines(process.argv.slice(2), { stdin, stdout, stderr, environment }, controller.signal);
