import { expect, test } from 'vitest';
import { readReply } from '../src/invoke-function.ts';

test.each(['null', '5', '"done"', '{}', '{"statusCode":200}', '{"statusCode":200,"body":"{}"}'])(
  'the answer %s is not from start-engines',
  (payload) => {
    expect(() => readReply(payload, 'other')).toThrow('other is not a start-engines function');
  },
);

test('an answer of the function is returned unchanged', () => {
  expect(readReply('{"statusCode":202,"body":{"service":"auth"}}', 'live')).toEqual({
    statusCode: 202,
    body: { service: 'auth' },
  });
});
