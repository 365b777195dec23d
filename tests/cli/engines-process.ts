import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { spawn as spawnOnTerminal } from '@lydell/node-pty';
import { root } from '../../scripts/tasks.ts';

/** The built command: one file. */
const enginesPath = join(root, 'packages', 'cli', 'dist', 'engines.mjs');

/** V8's compiled code of the command. Without it, each of several hundred processes compiles two megabytes again. */
const compileCache = join(root, 'reports', 'compile-cache');

type Environment = Readonly<Record<string, string>>;

/** The result of a piped command. */
export interface Piped {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A piped command that is still running. */
export interface Running {
  readonly stdout: () => string;
  /** Resolves when stdout matches. Rejects when the command ends without a match. */
  shows(wanted: RegExp): Promise<void>;
  interrupt(): void;
  readonly ended: Promise<Piped>;
}

/** A command on its own terminal, as an operator uses it. */
export interface OnTerminal {
  /** All output, including control characters. */
  readonly raw: () => string;
  /** The output without control characters. It still contains overwritten text. */
  readonly text: () => string;
  shows(wanted: RegExp): Promise<void>;
  type(keys: string): void;
  readonly ended: Promise<{ readonly exitCode: number; readonly text: string; readonly raw: string }>;
}

/** Independent of the user who runs the tests: no profile, no colour settings. */
export function cleanEnvironment(environment: Environment): Record<string, string> {
  // npm sets an editor for its scripts.
  const own = /^(AWS_|ENGINES_|NO_COLOR$|FORCE_COLOR$|CI$|TERM$|NODE_|EDITOR$|VISUAL$)/;
  const inherited = Object.entries(process.env).filter(([name]) => !own.test(name)) as [string, string][];
  return { ...Object.fromEntries(inherited), NODE_COMPILE_CACHE: compileCache, ...environment };
}

export function startPiped(commandLine: readonly string[], environment: Environment, input = ''): Running {
  const child = spawn(process.execPath, [enginesPath, ...commandLine], { env: cleanEnvironment(environment) });
  const text = { stdout: '', stderr: '' };
  const watch = createWatch(() => text.stdout);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
      watch.look();
    });
  }
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = once(child, 'close').then(([exitCode]): Piped => {
    watch.end(text.stderr);
    return { exitCode, ...text };
  });
  return { stdout: () => text.stdout, shows: watch.until, interrupt: () => void child.kill('SIGINT'), ended };
}

export function runPiped(commandLine: readonly string[], environment: Environment, input?: string): Promise<Piped> {
  return startPiped(commandLine, environment, input).ended;
}

export function startOnTerminal(commandLine: readonly string[], environment: Environment, columns = 120): OnTerminal {
  const terminal = spawnOnTerminal(process.execPath, [enginesPath, ...commandLine], {
    name: 'xterm-256color',
    cols: columns,
    rows: 40,
    env: { ...cleanEnvironment(environment), TERM: 'xterm-256color' },
  });
  let raw = '';
  const text = () => stripVTControlCharacters(raw).replaceAll('\r\n', '\n');
  const watch = createWatch(text);
  terminal.onData((piece) => {
    raw += piece;
    watch.look();
  });
  const ended = new Promise<{ exitCode: number; text: string; raw: string }>((resolve) => {
    terminal.onExit(({ exitCode }) => {
      watch.end('');
      resolve({ exitCode, text: text(), raw });
    });
  });
  return { raw: () => raw, text, shows: watch.until, type: (keys) => terminal.write(keys), ended };
}

/** Lets tests wait for the output of a process without polling. */
function createWatch(read: () => string) {
  type Waiting = { readonly wanted: RegExp; readonly resolve: () => void; readonly reject: (error: Error) => void };
  const waiting = new Set<Waiting>();
  const look = () => {
    for (const one of waiting) {
      if (!one.wanted.test(read())) continue;
      waiting.delete(one);
      one.resolve();
    }
  };
  return {
    look,
    until: (wanted: RegExp) =>
      new Promise<void>((resolve, reject) => {
        waiting.add({ wanted, resolve, reject });
        look();
      }),
    end(remark: string) {
      look();
      for (const one of waiting) one.reject(new Error(`it ended without ${one.wanted}: ${read()}${remark}`));
    },
  };
}
