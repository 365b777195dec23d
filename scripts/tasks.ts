import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** The repository's root folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The script behind a package's command, so that it runs under this Node and needs no shell on any platform. */
function commandScript(packageName: string, command: string): string {
  const manifestPath = require.resolve(`${packageName}/package.json`);
  const manifest: { bin?: string | Record<string, string> } = require(manifestPath);
  const script = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin?.[command];
  if (script === undefined) throw new Error(`${packageName} has no command ${command}`);
  return join(dirname(manifestPath), script);
}

/** Runs a command of an installed package, its output shown; returns the exit status. */
export function runCommand(packageName: string, command: string, args: readonly string[]): number {
  const result = spawnSync(process.execPath, [commandScript(packageName, command), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (result.error !== undefined) throw result.error;
  return result.status ?? 1;
}

/** Runs one turbo task in every package that has it. */
export function runTurbo(task: string): number {
  return runCommand('turbo', 'turbo', ['run', task, '--output-logs=errors-only', '--no-update-notifier']);
}
