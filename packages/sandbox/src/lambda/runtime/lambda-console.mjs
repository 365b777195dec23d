import { format } from 'node:util';

const LEVELS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
};

/**
 * Gives `console` the runtime's text format: time, request id, level and message between tabs. Everything goes to
 * standard output, as one log stream.
 */
export function installConsole(requestId) {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method] = (...values) => {
      const line = `${new Date().toISOString()}\t${requestId() ?? 'undefined'}\t${level}\t${format(...values)}`;
      // One line an event, as the log service would split them.
      process.stdout.write(`${line.replaceAll('\n', '\r')}\n`);
    };
  }
  return console;
}
