import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** The repository's root folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The script of a package's command, which runs with this Node and without a shell on every platform. */
function commandScript(packageName: string, command: string): string {
  const manifestPath = require.resolve(`${packageName}/package.json`);
  const manifest: { bin?: string | Record<string, string> } = require(manifestPath);
  const script = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin?.[command];
  if (script === undefined) throw new Error(`${packageName} has no command ${command}`);
  return join(dirname(manifestPath), script);
}

/** Runs a command of an installed package and shows its output. Returns the exit status. */
export function runCommand(packageName: string, command: string, args: readonly string[]): number {
  const result = spawnSync(process.execPath, [commandScript(packageName, command), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (result.error !== undefined) throw result.error;
  return result.status ?? 1;
}

/**
 * Runs a task with turbo in every package that has it, in the order of their dependencies. The output is shown only
 * if it fails. On platforms without turbo, pnpm runs the same scripts in the same order, without a cache.
 */
export function runTurbo(task: string): number {
  const { status, output } = hasTurbo() ? runQuietly(turboCommand(task)) : runQuietly(pnpmCommand(task));
  if (status !== 0) process.stderr.write(output);
  return status;
}

function hasTurbo(): boolean {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string];
  const cpu = process.arch === 'x64' ? '64' : process.arch;
  const turbo = createRequire(require.resolve('turbo/package.json'));
  try {
    turbo.resolve(`@turbo/${platform}-${cpu}/package.json`);
    return true;
  } catch {
    return false;
  }
}

function turboCommand(task: string): [string, string[]] {
  const flags = ['--output-logs=errors-only', '--no-update-notifier', '--no-color'];
  return [process.execPath, [commandScript('turbo', 'turbo'), 'run', task, ...flags]];
}

function pnpmCommand(task: string): [string, string[]] {
  return ['pnpm', ['--recursive', '--if-present', 'run', task]];
}

function runQuietly([command, args]: [string, string[]]): { status: number; output: string } {
  // On Windows only a shell finds `pnpm.cmd`. None of these arguments needs quoting.
  const shell = process.platform === 'win32' && command === 'pnpm';
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', shell });
  if (result.error !== undefined) throw result.error;
  return { status: result.status ?? 1, output: `${result.stdout}${result.stderr}` };
}
