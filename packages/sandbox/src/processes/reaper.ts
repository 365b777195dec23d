import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./reaper.mjs', import.meta.url));

/** Ensures that processes end with the sandbox, even if the sandbox is killed. */
export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  close(): void;
}

/** Starts the reaper process with the first process ID. */
export function createReaper(): Reaper {
  let child: ChildProcess | undefined;
  const write = (line: string) => child?.stdin?.write(`${line}\n`);
  return {
    watch(pid) {
      if (child === undefined) {
        child = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'ignore'], windowsHide: true });
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
