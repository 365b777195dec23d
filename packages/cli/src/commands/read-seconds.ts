import { InvalidArgumentError } from 'commander';

/** The value of an option that is a pause between two looks. */
export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0.2 && seconds <= 3_600)) {
    throw new InvalidArgumentError('It is a number of seconds from 0.2 to 3600.');
  }
  return seconds;
}
