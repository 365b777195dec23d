import type { Surroundings } from '../surroundings.ts';
import { hasColors } from './has-colors.ts';
import { createLiveView, type LiveView } from './live-view.ts';
import { createStyle, renderLines, type Style, toSafeJson } from './terminal-text.ts';

export type { Style } from './terminal-text.ts';

/** Where a command tells what it has to tell. People read text, scripts read JSON; stdout never has both. */
export interface Output {
  readonly json: boolean;
  /** Somebody is there: questions can be asked, and lines can be overwritten. */
  readonly isInteractive: boolean;
  /** Colours of stdout; plain where there are none. */
  readonly style: Style;
  /** The result of a command: one JSON document, or a text. `joinLines` makes the lines of a text. */
  result(document: unknown, text: string): void;
  /** One of a stream of results: one line of JSON, or a text. */
  event(document: unknown, text: string): void;
  /** A line of progress for people, on stdout. */
  progress(line: string): void;
  /** A remark that is no result, on stderr; scripts get it as well. */
  remark(line: string): void;
  /** A text that is overwritten as things go on; undefined where nothing can be overwritten. */
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
