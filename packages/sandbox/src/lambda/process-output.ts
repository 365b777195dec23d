import type { ChildProcess } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

/** How long to wait for the last output of an invocation if the function has closed its standard streams. */
const markPatienceMs = 1000;

export interface ProcessOutput {
  /** Resolves when the next marker has arrived on both streams, and thus all output before it. */
  untilMarked(): Promise<void>;
  take(): string;
  /** Passes output to the listener as it arrives, in whole lines. */
  listen(listener: (text: string) => void): void;
}

/** Reads standard output and standard error of a function's process as one log, without the runtime's markers. */
export function collectOutput(child: ChildProcess, marker: string): ProcessOutput {
  const line = `${marker}\n`;
  let taken = '';
  let tell: (text: string) => void = () => {};
  let expected = 0;
  let waiting: (() => void)[] = [];
  const keep = (text: string) => {
    if (text === '') return;
    const lines = text.endsWith('\n') ? text : `${text}\n`;
    taken += lines;
    tell(lines);
  };
  const streams = [child.stdout, child.stderr].map((stream) => {
    const decoder = new StringDecoder('utf8');
    const state = { marks: 0, rest: '' };
    stream?.on('data', (chunk: Buffer) => {
      state.rest += decoder.write(chunk);
      for (let at = state.rest.indexOf(line); at !== -1; at = state.rest.indexOf(line)) {
        keep(state.rest.slice(0, at));
        state.rest = state.rest.slice(at + line.length);
        state.marks += 1;
      }
      // Only whole lines, so that lines of the two streams do not mix and markers are not split.
      const end = state.rest.lastIndexOf('\n') + 1;
      keep(state.rest.slice(0, end));
      state.rest = state.rest.slice(end);
      wake();
    });
    stream?.once('close', () => {
      keep(state.rest);
      state.rest = '';
      state.marks = Number.POSITIVE_INFINITY;
      wake();
    });
    return state;
  });
  const arrived = () => streams.every((state) => state.marks >= expected);
  const wake = () => {
    if (!arrived()) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    untilMarked() {
      expected += 1;
      if (arrived()) return Promise.resolve();
      return new Promise((resolve) => {
        const patience = setTimeout(resolve, markPatienceMs);
        waiting.push(() => {
          clearTimeout(patience);
          resolve();
        });
      });
    },
    listen(listener) {
      tell = listener;
    },
    take() {
      const text = taken;
      taken = '';
      return text;
    },
  };
}
