import { InvalidArgumentError } from 'commander';

/** A parser for an option whose value is a number from `least` to `most`. */
export function readNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() === '' || !(number >= least && number <= most)) {
      throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`);
    }
    return number;
  };
}

/** The same for a whole number. */
export function readWholeNumber(least: number, most: number): (text: string) => number {
  const read = readNumber(least, most);
  return (text) => {
    const number = read(text);
    if (!Number.isInteger(number)) throw new InvalidArgumentError('Expected a whole number.');
    return number;
  };
}
