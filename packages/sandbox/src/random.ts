/** A repeatable random sequence: the same seed gives the same numbers on every machine. */
export interface Random {
  /** The seed of the sequence. Print it when a random test fails. */
  readonly seed: number;
  /** A number from 0 up to, but not including, 1. */
  next(): number;
  /** An integer from `minimum` to `maximum`, inclusive. */
  integer(minimum: number, maximum: number): number;
  /** @throws RangeError if the list is empty */
  pick<T>(choices: readonly T[]): T;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  /** Random lower-case hexadecimal digits. */
  hex(length: number): string;
}

const twoToThe32 = 0x1_0000_0000;

/** Increments a 32-bit counter by an odd constant and hashes it, so that adjacent seeds give unrelated sequences. */
export function createRandom(seed: number): Random {
  let counter = seed >>> 0;

  function next(): number {
    counter = (counter + 0x9e3779b9) >>> 0;
    let mixed = counter;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / twoToThe32;
  }

  function integer(minimum: number, maximum: number): number {
    return minimum + Math.floor(next() * (maximum - minimum + 1));
  }

  return {
    seed,
    next,
    integer,
    pick(choices) {
      if (choices.length === 0) throw new RangeError('the list is empty');
      return choices[integer(0, choices.length - 1)] as (typeof choices)[number];
    },
    chance: (probability) => next() < probability,
    hex: (length) => Array.from({ length }, () => integer(0, 15).toString(16)).join(''),
  };
}
