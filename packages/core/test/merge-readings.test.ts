import { expect, test } from 'vitest';
import { mergeReadings } from '../src/model/merge-readings.ts';
import { at, task } from './samples.ts';

test('an older version never replaces a newer one', () => {
  const running = task({ version: 5 });
  const pending = task({ version: 3, lastStatus: 'PENDING' });
  expect(mergeReadings(running, pending).lastStatus).toBe('RUNNING');
  expect(mergeReadings(pending, running).lastStatus).toBe('RUNNING');
});

test('a tag that was written stays known even if tags are read late', () => {
  const marked = task({ retire: { asked: at, by: 'restart' }, adoptedAsked: at });
  expect(mergeReadings(marked, task())).toMatchObject({ retire: { asked: at, by: 'restart' }, adoptedAsked: at });
});

test('an earlier stop’s mark does not replace a later one’s', () => {
  const early = task({ retire: { asked: at, by: 'stop' } });
  const late = task({ retire: { asked: at + 1, by: 'stop' } });
  expect(mergeReadings(late, early).retire).toEqual({ asked: at + 1, by: 'stop' });
  expect(mergeReadings(early, late).retire).toEqual({ asked: at + 1, by: 'stop' });
});

test('a stop’s mark is ignored on a live task that was requested later', () => {
  const mark = { asked: at, by: 'stop' } as const;
  const adopted = task({ retire: mark, adoptedAsked: at + 1 });
  expect(mergeReadings(undefined, adopted).retire).toBeUndefined();
  expect(mergeReadings(task({ retire: mark }), task({ adoptedAsked: at + 1 })).retire).toBeUndefined();
  expect(mergeReadings(undefined, task({ retire: mark, adoptedAsked: at })).retire).toEqual(mark);
  expect(mergeReadings(undefined, { ...adopted, desiredStatus: 'STOPPED' }).retire).toEqual(mark);
});

test('an ignored mark does not hide a valid one', () => {
  const outdated = task({ retire: { asked: at, by: 'stop' }, adoptedAsked: at + 1 });
  const valid = task({ retire: { asked: at - 5, by: 'start' }, adoptedAsked: at + 1 });
  expect(mergeReadings(outdated, valid).retire).toEqual({ asked: at - 5, by: 'start' });
});

// Found by the interleavings with late effects.
test('another mark of the same reading holds when the chosen one is void for a request that the reading does not show', () => {
  const stop = { asked: at, by: 'stop' } as const;
  const start = { asked: at - 5, by: 'start' } as const;
  const adopted = task({ adoptedAsked: at + 1 });
  const read = task({ retire: stop, marks: [start, stop] });
  expect(mergeReadings(adopted, read).retire).toEqual(start);
  expect(mergeReadings(read, adopted).retire).toEqual(start);
  expect(
    mergeReadings(adopted, task({ retire: stop, marks: [stop, { ...stop, asked: at - 9 }] })).retire,
  ).toBeUndefined();
});
