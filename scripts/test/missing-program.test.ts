import { expect, test } from 'vitest';
import { whyNot } from './missing-program.ts';

test('a program that is not there is named, and what a program lacks', () => {
  const node = process.execPath;
  expect(whyNot([node, '--version'])).toBe('');
  expect(whyNot(['no-such-program', '--version'], [node, '-e', 'import nothing'])).toBe(
    ' (skipped: no no-such-program, no import nothing)',
  );
});
