import type { Surroundings } from '../surroundings.ts';
import { hasColors } from './has-colors.ts';
import { createLiveView, type LiveView } from './live-view.ts';
import { createStyle, renderLines, type Style, toSafeJson } from './terminal-text.ts';

export type { Style } from './terminal-text.ts';

/** The output of a command. People read text, scripts read JSON; stdout never has both. */
export interface Output {
  readonly json: boolean;
  /** A person is at the terminal: prompts and rewritten lines work. */
  readonly isInteractive: boolean;
  /** The colours of stdout; none if it has no colours. */
  readonly style: Style;
  /** The result of a command: one JSON document, or a text. `joinLines` makes the lines of a text. */
  result(document: unknown, text: string): void;
  /** One of a stream of results: one line of JSON, or a text. */
  event(document: unknown, text: string): void;
  /** A line of progress for people, on stdout. */
  progress(line: string): void;
  /** A remark on stderr, also with --json. */
  remark(line: string): void;
  /** A text that is rewritten in place; undefined if stdout is not a terminal. */
  live(): LiveView | undefined;
}

export interface OutputOptions {
  readonly json: boolean;
}

export function createOutput(surroundings: Surroundings, { json }: OutputOptions): Output {
  const { stdin, stdout, stderr, environment } = surroundings;
  const overwrites = !json && stdout.isTTY === true && environment.TERM !== 'dumb';
  const write = (text: string) => void stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return {
    json,
    isInteractive: overwrites && stdin.isTTY === true,
    style: createStyle(!json && hasColors(stdout, environment)),
    result: (document, text) => write(json ? toSafeJson(document, 2) : renderLines(text)),
    event: (document, text) => write(json ? toSafeJson(document) : renderLines(text)),
    progress(line) {
      if (!json) write(renderLines(line));
    },
    remark: (line) => void stderr.write(`${renderLines(line)}\n`),
    live() {
      if (!overwrites) return undefined;
      const view = createLiveView(stdout);
      return { ...view, show: (text) => view.show(renderLines(text)) };
    },
  };
}
