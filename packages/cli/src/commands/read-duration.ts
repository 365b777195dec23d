import { mappingBounds } from '@start-engines/core';
import { InvalidArgumentError } from 'commander';

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Parses a duration of a lease. @returns seconds */
export function readDuration(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * (unitSeconds[unit] ?? Number.NaN);
  const { least, most } = mappingBounds.leaseSeconds;
  if (seconds >= least && seconds <= most) return seconds;
  throw new InvalidArgumentError('Expected a duration from 60s to 7d, such as 45m, 2h or 1d.');
}
