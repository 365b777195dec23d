import { randomInt } from 'node:crypto';
import { createColors } from 'picocolors';

export type Style = ReturnType<typeof createColors>;

const esc = '\\u001b';
const sequences = [
  // Control sequences: colours, cursor, screen.
  `(?:${esc}\\[|\\u009b)[0-?]*[ -/]*[@-~]`,
  // Terminal strings: titles, links, the clipboard. An unterminated one stops at the end of its line.
  `(?:${esc}[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c\\n]*(?:\\u0007|${esc}\\\\|\\u009c)?`,
  `${esc}[ -/]*[0-~]?`,
  // The rest of C0 except tab and newline, DEL, C1, and characters that reorder text.
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]',
];
const controls = new RegExp(sequences.join('|'), 'g');
const unescapedInJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Characters that begin a line or a column. */
const breaks = /[\n\t\u2028\u2029]+/g;

/** The text without anything that a terminal obeys, except tab and newline. */
export function stripControls(text: string): string {
  return text.replaceAll(controls, '');
}

/** A text from outside on one line, without anything that a terminal obeys. */
export function oneLine(text: string): string {
  return stripControls(text).replaceAll(breaks, ' ');
}

/** JSON in which every control character is escaped: `JSON.stringify` leaves some of them as they are. */
export function toSafeJson(value: unknown, space?: number): string {
  const toEscape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, space).replaceAll(unescapedInJson, toEscape);
}

// Text from outside cannot guess it, so only colours and line breaks of our own survive.
const signature = randomInt(1_000_000_000, 2_000_000_000);
const signed = new RegExp(`${esc}\\[(\\d+);${signature}m`);

/** Colours that `renderText` recognises as ours. Table layout treats them as colours, too. */
export function createStyle(enabled: boolean): Style {
  const colors = createColors(enabled);
  if (!enabled) return colors;
  const sign = (code: string) => code.replace(/m$/, `;${signature}m`);
  const entries = Object.entries(colors).map(([name, paint]) => {
    if (typeof paint !== 'function') return [name, paint];
    const [open = '', close = ''] = paint('|').split('|');
    return [name, (text: unknown) => `${sign(open)}${text}${sign(close)}`];
  });
  return Object.fromEntries(entries);
}

/** A text whose line breaks are all ours: our own colours, and nothing else that a terminal obeys. */
export function renderText(text: string): string {
  return mapOutside(text, (color) => `\u001b[${color}m`, stripControls);
}

const lineBreak = `\u001b[;${signature}E`;

/** The lines of a text for people. A line break that is in one of them is from outside and becomes a space. */
export function joinLines(lines: readonly string[]): string {
  return lines.join(lineBreak);
}

/** A text whose line breaks are all ours, such as formatted JSON, for `joinLines` and `renderLines`. */
export function ownLines(text: string): string {
  return joinLines(text.split('\n'));
}

/** What goes to a terminal: our own colours and line breaks, and nothing else that a terminal obeys. */
export function renderLines(text: string): string {
  return splitLines(text).map(renderText).join('\n');
}

/** The lines that `joinLines` has joined, each without line breaks and tabs. Colours stay as they are. */
export function splitLines(text: string): readonly string[] {
  return text.split(lineBreak).map((line) => mapOutside(line, (color) => `\u001b[${color};${signature}m`, oneLine));
}

function mapOutside(text: string, ofColor: (color: string) => string, ofText: (part: string) => string): string {
  return text
    .split(signed)
    .map((part, index) => (index % 2 === 1 ? ofColor(part) : ofText(part)))
    .join('');
}
