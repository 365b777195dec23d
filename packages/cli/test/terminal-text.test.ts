// Attack review, finding 17: a stop reason reached the operator's terminal unchanged.
import { describe, expect, test } from 'vitest';
import { formatTable } from '../src/output/format-table.ts';
import {
  createStyle,
  joinLines,
  ownLines,
  renderLines,
  renderText,
  stripControls,
  toSafeJson,
} from '../src/output/terminal-text.ts';

test.each([
  ['colours', '\u001b[31mred\u001b[0m', 'red'],
  ['a cleared screen', 'a\u001b[2J\u001b[Hb', 'ab'],
  ['a title', 'a\u001b]0;owned\u0007b', 'ab'],
  ['a link', '\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['a title without an end, which stops at the end of its line', 'a\u001b]0;owned\nb', 'a\nb'],
  ['8-bit control sequences', 'a\u009b2Jb\u009d0;x\u009cc', 'abc'],
  ['a device control string', 'a\u001bPq#0\u001b\\b', 'ab'],
  ['backspace, return, bell and DEL', 'a\bb\rc\u0007d\u007fe', 'abcde'],
  ['marks that reorder text', 'a\u202eb\u2066c', 'abc'],
])('%s in an outside text: not printed', (_what, text, shown) => {
  expect(stripControls(text)).toBe(shown);
  expect(renderText(text)).toBe(shown);
});

test('the command’s own colours are printed, and the colours of the text inside are not', () => {
  const { green } = createStyle(true);
  expect(renderText(green('up\u001b[8m'))).toBe('\u001b[32mup\u001b[39m');
  expect(renderText(createStyle(false).green('up'))).toBe('up');
});

test('JSON keeps the text, with every control character escaped', () => {
  const reason = '\u001b[31m\u009b2J\u007f\u202e\u2028';
  const json = toSafeJson({ reason });
  expect(json).toBe(String.raw`{"reason":"\u001b[31m\u009b2J\u007f\u202e\u2028"}`);
  expect(JSON.parse(json)).toEqual({ reason });
});

describe('line breaks', () => {
  test('of the command are printed, and those of an outside text become spaces', () => {
    const text = joinLines(['first\nsecond', ownLines('{\n}'), 'a\tb\u2028c\u2029d\u0085e']);
    expect(renderLines(text)).toBe('first second\n{\n}\na b c de');
  });

  test('in a table’s cell do not begin a new row', () => {
    const table = formatTable(['A', 'B'], [['x\nFORGED', joinLines(['1', '2'])]]);
    expect(renderLines(table)).toBe('A         B\nx FORGED  1\n          2');
  });

  test('keep the command’s own colours', () => {
    const { red } = createStyle(true);
    expect(renderLines(joinLines([red('a\nb'), 'c']))).toBe('\u001b[31ma b\u001b[39m\nc');
  });
});
