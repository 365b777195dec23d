import { expect, test } from 'vitest';
import { whyNot } from './missing-program.ts';

test('a missing program or module is named', () => {
  const node = process.execPath;
  expect(whyNot([node, '--version'])).toBe('');
  expect(whyNot(['no-such-program', '--version'], [node, '-e', 'import nothing'])).toBe(
    ' (skipped: no no-such-program, no import nothing)',
  );
});
