import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import { root } from '../tasks.ts';

/** The end of a screen update. The output after the last one is the final screen. */
const endOfUpdate = '\u001b[?2026l';

/**
 * Runs the demo on its own terminal and returns the final screen as plain text. The terminal is wide, so that no line is
 * wrapped. @throws Error if the demo fails
 */
export function recordDemo(): Promise<string> {
  const { CI: _ci, NO_COLOR: _noColor, ...environment } = process.env;
  const terminal = spawn(process.execPath, [join(root, 'scripts', 'demo.ts')], {
    name: 'xterm-256color',
    cols: 500,
    rows: 60,
    cwd: root,
    env: { ...environment, TERM: 'xterm-256color' },
  });
  let output = '';
  terminal.onData((piece) => {
    output += piece;
  });
  return new Promise((resolve, reject) => {
    terminal.onExit(({ exitCode }) => {
      const screen = stripVTControlCharacters(output.slice(output.lastIndexOf(endOfUpdate) + endOfUpdate.length));
      if (exitCode !== 0) reject(new Error(`The demo ended with exit code ${exitCode}:\n${screen}`));
      else resolve(`${screen.replaceAll('\r\n', '\n').trimEnd()}\n`);
    });
  });
}
