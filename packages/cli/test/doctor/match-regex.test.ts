import { expect, test } from 'vitest';
import { matchRegex } from '../../src/doctor/match-regex.ts';

test.each([
  ['^/api/auth$', '/api/auth', 'yes'],
  ['^/api/auth$', '/api/auth/x', 'no'],
  ['/api/.*', '/api/auth', 'yes'],
  ['auth', '/api/auth', 'unknown'],
  ['^/api/(?:auth|pdf)$', '/api/pdf', 'yes'],
  ['^/api/v\\d+\\.\\w{2}$', '/api/v12.ab', 'yes'],
  ['^/api\\-auth$', '/api-auth', 'yes'],
  ['^\\A/api', '/api', 'unknown'],
  ['^/(?!api)', '/api', 'unknown'],
  ['(?i)^/api$', '/api', 'unknown'],
  ['^/\\p{L}+$', '/api', 'unknown'],
  ['^/(a)\\1$', '/aa', 'unknown'],
  ['^/[a-z&&[aeiou]]$', '/a', 'unknown'],
  ['^/api(', '/api', 'unknown'],
  ['^/a*+$', '/a', 'unknown'],
  // This match would never end.
  ['^/(a+)+$', `/${'a'.repeat(50)}!`, 'unknown'],
] as const)('the regular expression %s and %s: %s', (pattern, text, match) => {
  expect(matchRegex(text, pattern, false)).toBe(match);
});
