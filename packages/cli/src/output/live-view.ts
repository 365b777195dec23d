import { createLogUpdate } from 'log-update';
import type { OutputStream } from '../surroundings.ts';

/** A text at the end of the terminal that is rewritten in place. */
export interface LiveView {
  show(text: string): void;
  /** Removes the text. */
  clear(): void;
  /** Keeps the text and shows the cursor again. */
  keep(): void;
}

export function createLiveView(stream: OutputStream): LiveView {
  const update = createLogUpdate(stream as NodeJS.WriteStream);
  return {
    show: (text) => update(text),
    clear() {
      update.clear();
      update.done();
    },
    keep: () => update.done(),
  };
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const plainFrames = ['|', '/', '-', '\\'];

/** The spinner's current character. Old Windows consoles have no Braille. */
export function spinnerFrame(count: number, environment: Readonly<Record<string, string | undefined>>): string {
  const plain = process.platform === 'win32' && environment.WT_SESSION === undefined;
  const signs = plain ? plainFrames : frames;
  return signs[count % signs.length] as string;
}
