import { InvalidArgumentError } from 'commander';

/** Parses the pause between two reads. */
export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0.2 && seconds <= 3_600)) {
    throw new InvalidArgumentError('Expected a number of seconds from 0.2 to 3600.');
  }
  return seconds;
}
