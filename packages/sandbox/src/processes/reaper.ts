import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./reaper.mjs', import.meta.url));

/** Sees to it that processes die with the sandbox, even when the sandbox is killed. */
export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  close(): void;
}

/** The process behind it is started with the first id that it has to watch. */
export function createReaper(): Reaper {
  let child: ChildProcess | undefined;
  const write = (line: string) => child?.stdin?.write(`${line}\n`);
  return {
    watch(pid) {
      if (child === undefined) {
        child = spawn(process.execPath, [SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], windowsHide: true });
        child.on('error', () => {});
        child.stdin?.on('error', () => {});
        child.unref();
      }
      write(`+${pid}`);
    },
    forget: (pid) => void write(`-${pid}`),
    close() {
      child?.stdin?.end();
      child = undefined;
    },
  };
}
