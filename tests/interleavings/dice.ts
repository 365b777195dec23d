/** Random numbers of one caller, independent of what the others do. */
export interface Dice {
  /** An integer from 0 to `most`. */
  upTo(most: number): number;
  chance(probability: number): boolean;
}

export function createDice(seed: number): Dice {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { upTo: (most) => Math.floor(next() * (most + 1)), chance: (probability) => next() < probability };
}
