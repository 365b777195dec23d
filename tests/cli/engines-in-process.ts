import { Readable, Writable } from 'node:stream';
import { runEngines } from '@start-engines/cli';
import type { Piped } from './engines-process.ts';

/**
 * Runs the command in this process, from the command line to the exit code, in a twentieth of the time. It is for tables of
 * many cases; other tests show that the command works as a process.
 */
export async function runInProcess(
  commandLine: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Piped> {
  const written = { stdout: '', stderr: '' };
  const collect = (name: keyof typeof written) =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
  // The SDK itself reads the process's environment.
  Object.assign(process.env, environment);
  const surroundings = { stdin: Readable.from([]), stdout: collect('stdout'), stderr: collect('stderr'), environment };
  const exitCode = await runEngines(commandLine, surroundings, new AbortController().signal);
  return { exitCode, ...written };
}
