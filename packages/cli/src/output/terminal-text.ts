import { randomInt } from 'node:crypto';
import { createColors } from 'picocolors';

export type Style = ReturnType<typeof createColors>;

const esc = '\\u001b';
const sequences = [
  // Control sequences: colours, cursor, screen.
  `(?:${esc}\\[|\\u009b)[0-?]*[ -/]*[@-~]`,
  // Strings for the terminal: titles, links, the clipboard. One without an end stops at the end of its line.
  `(?:${esc}[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c\\n]*(?:\\u0007|${esc}\\\\|\\u009c)?`,
  `${esc}[ -/]*[0-~]?`,
  // What is left of C0 but tab and newline, DEL, C1, and marks that reorder text.
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]',
];
const controls = new RegExp(sequences.join('|'), 'g');
const unescapedInJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text without anything that a terminal obeys, but tab and newline. */
export function stripControls(text: string): string {
  return text.replaceAll(controls, '');
}

/** JSON in which every control character is escaped: `JSON.stringify` leaves some of them as they are. */
export function toSafeJson(value: unknown, space?: number): string {
  const toEscape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, null, space).replaceAll(unescapedInJson, toEscape);
}

// Text from outside cannot guess it, so only colours of our own survive.
const signature = randomInt(1_000_000_000, 2_000_000_000);
const signed = new RegExp(`${esc}\\[(\\d+);${signature}m`);

/** Colours that `renderText` recognises as ours. Layout takes them for colours, too. */
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

/** What goes to a terminal: our own colours, and nothing else that a terminal obeys. */
export function renderText(text: string): string {
  return text
    .split(signed)
    .map((part, index) => (index % 2 === 1 ? `\u001b[${part}m` : stripControls(part)))
    .join('');
}
