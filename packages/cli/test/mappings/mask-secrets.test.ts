import { describe, expect, test } from 'vitest';
import { isMask, looksSecret, maskPair, maskSecrets } from '../../src/mappings/mask-secrets.ts';

describe('what looks secret', () => {
  test.each([
    ['DB_PASSWORD', 'x'],
    ['API_KEY', 'x'],
    ['SIGNING_KEY', 'x'],
    ['GITHUB_TOKEN', 'x'],
    ['clientSecret', 'x'],
    ['SENTRY_DSN', 'x'],
    ['DATABASE_URL', 'postgres://auth:hunter2@db:5432/auth'],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['WHATEVER', '0123456789abcdef0123456789abcdef'],
    ['WHATEVER', 'Zm9vYmFyYmF6cXV4Zm9vYmFy1'],
    ['PEM', '-----BEGIN RSA PRIVATE KEY-----'],
  ])('%s=%s', (name, value) => {
    expect(looksSecret(name, value)).toBe(true);
  });

  test.each([
    ['LOG_LEVEL', 'info'],
    ['DATABASE_URL', 'postgres://db:5432/auth'],
    ['KEYBOARD', 'qwerty'],
    ['MONKEY', 'yes'],
    ['FEATURE_FLAGS', 'new-login,old-logout,both-of-them'],
    ['QUEUE', 'arn:aws:sqs:us-east-2:123456789012:jobs'],
  ])('not %s=%s', (name, value) => {
    expect(looksSecret(name, value)).toBe(false);
  });
});

test('only values are hidden, and a change of a hidden value is visible', () => {
  const before = { port: 1, environment: { TOKEN: 'a', SECRET: 's', LOG: 'x' } };
  expect(maskSecrets(before)).toEqual({ port: 1, environment: { TOKEN: '(hidden)', SECRET: '(hidden)', LOG: 'x' } });
  const [one, other] = maskPair(before, { environment: { TOKEN: 'b', SECRET: 's' } }, ['version 1', 'a.json']);
  expect(one).toEqual({
    port: 1,
    environment: { TOKEN: '(hidden, value of version 1)', SECRET: '(hidden)', LOG: 'x' },
  });
  expect(other).toEqual({ environment: { TOKEN: '(hidden, value of a.json)', SECRET: '(hidden)' } });
  expect(['(hidden)', '(hidden, value of version 1)', 'hidden', 4].map(isMask)).toEqual([true, true, false, false]);
});
