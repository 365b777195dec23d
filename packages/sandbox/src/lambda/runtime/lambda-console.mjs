import { format } from 'node:util';

const logLevels = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
};

/**
 * Formats `console` output as the runtime does: time, request ID, level and message, separated by tabs. Everything goes to
 * standard output, as one log stream.
 */
export function installConsole(requestId) {
  for (const [method, level] of Object.entries(logLevels)) {
    console[method] = (...values) => {
      const line = `${new Date().toISOString()}\t${requestId() ?? 'undefined'}\t${level}\t${format(...values)}`;
      // One line for each event, because the log service would split it into lines.
      process.stdout.write(`${line.replaceAll('\n', '\r')}\n`);
    };
  }
  return console;
}
