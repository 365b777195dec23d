import Table from 'cli-table3';
import { joinLines, splitLines } from './terminal-text.ts';

const none = '';
/** Columns separated by two spaces, without lines: readable for people, `awk` and narrow terminals. */
const noLines = {
  top: none,
  'top-mid': none,
  'top-left': none,
  'top-right': none,
  bottom: none,
  'bottom-mid': none,
  'bottom-left': none,
  'bottom-right': none,
  left: none,
  'left-mid': none,
  mid: none,
  'mid-mid': none,
  right: none,
  'right-mid': none,
  middle: '  ',
};

/** A table with a header row. A cell can have several lines, from `joinLines`. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ chars: noLines, style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] } });
  table.push(...[head, ...rows].map((row) => row.map((cell) => splitLines(cell).join('\n'))));
  const lines = table.toString().split('\n');
  return joinLines(lines.map((line) => line.trimEnd()));
}
