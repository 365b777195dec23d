import { expect, test } from 'vitest';
import { listFirst, putResultsIntoMessage, takeResultsOutOfMessage } from '../src/model/results-in-message.ts';

// Attack review, finding 15: the failure of a large start did not fit its record.

const failures = (count: number, messageLength: number) =>
  Array.from({ length: count }, (_, index) => ({
    service: `service-${index}`,
    error: 'MappingInvalid',
    message: 'x'.repeat(messageLength),
  }));

test('the results of a few services are in the message in full, and can be read from it', () => {
  const results = failures(3, 100);
  const message = putResultsIntoMessage('3 of 3 services failed.', results);
  expect(takeResultsOutOfMessage(message)).toEqual({ words: '3 of 3 services failed.', results });
});

test('a thousand failures keep every name and code, and the first messages', () => {
  const message = putResultsIntoMessage('1000 of 1000 services failed.', failures(1_000, 1_000));
  expect(message.length).toBeLessThan(110_000);
  const { words = '', results = [] } = takeResultsOutOfMessage(message) ?? {};
  expect(words).toMatch(/^1000 of 1000 services failed\. The details of the last 9\d\d are left out\.$/);
  expect(results).toHaveLength(1_000);
  expect(results[0]).toHaveProperty('message', 'x'.repeat(1_000));
  expect(results[999]).toEqual({ service: 'service-999', error: 'MappingInvalid' });
});

test('other messages contain no results', () => {
  expect(takeResultsOutOfMessage('Results: none')).toBeUndefined();
  expect(takeResultsOutOfMessage('It broke. Results: [oops]')).toBeUndefined();
});

test('a long list shows its first items and counts the rest', () => {
  expect(listFirst(['a', 'b', 'c'], ', ', 2)).toBe('a, b, and 1 more');
  expect(listFirst(['a', 'b'], ', ', 2)).toBe('a, b');
});
