import type { Style } from '../output/output.ts';
import { joinLines } from '../output/terminal-text.ts';

/** A unified diff in the usual colours. */
export function paintDiff(diff: string, style: Style): string {
  return joinLines(
    diff.split('\n').map((line) => {
      if (line.startsWith('+++') || line.startsWith('---')) return style.bold(line);
      if (line.startsWith('+')) return style.green(line);
      if (line.startsWith('-')) return style.red(line);
      return line.startsWith('@@') ? style.cyan(line) : line;
    }),
  );
}
