import { describe, expect, it } from 'vitest';
import { readFieldReport, realisticDurations } from '../../src/index.ts';

const report = {
  version: 1,
  target: 'account',
  region: 'us-east-2',
  endedAt: '2026-12-24T10:00:00.000Z',
  durations: {
    imagePullMs: [9_000, 7_500.4, 31_000],
    tagReadLagMs: [120, 840],
    asynchronousRetryMs: [61_000, 119_000],
  },
};

describe('a field report', () => {
  it('replaces the durations that it measured, and the others stay assumed', () => {
    const { durations, measured, assumed, origin } = readFieldReport(report);

    expect(durations).toEqual({
      ...realisticDurations,
      imagePullMs: [7_500, 31_000],
      tagReadLagMs: 840,
      asynchronousRetryMs: [61_000, 119_000],
    });
    expect(measured).toEqual(['imagePullMs', 'tagReadLagMs', 'asynchronousRetryMs']);
    expect(assumed).toContain('rulePropagationMs');
    expect(assumed).not.toContain('imagePullMs');
    expect(origin).toBe('an AWS account, us-east-2, 2026-12-24');
  });

  it('of an emulator says so', () => {
    const { origin } = readFieldReport({ ...report, target: 'endpoint', endpointUrl: 'http://127.0.0.1:4566' });

    expect(origin).toBe('an emulator, http://127.0.0.1:4566, 2026-12-24');
  });

  it.each([
    ['something else', [], 'the report must be an object'],
    ['another version', { ...report, version: 2 }, "the report's version must be 1, not 2"],
    ['no durations', { ...report, durations: undefined }, 'durations must be an object'],
    [
      'an unknown duration',
      { ...report, durations: { speedMs: [1] } },
      'durations.speedMs is no duration of the sandbox',
    ],
    [
      'no samples',
      { ...report, durations: { pendingMs: [] } },
      'durations.pendingMs must be a list of milliseconds, not []',
    ],
    [
      'a negative sample',
      { ...report, durations: { pendingMs: [-1] } },
      'durations.pendingMs must be a list of milliseconds, not [-1]',
    ],
  ])('is refused if it is %s, with the name of the member', (_what, wrong, message) => {
    expect(() => readFieldReport(wrong)).toThrow(new RangeError(message));
  });
});
