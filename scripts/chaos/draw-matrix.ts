import { type CallPoint, nameOf } from './call-name.ts';
import { afflictions, appliesTo, isKill } from './faults.ts';
import { type Cell, cellName, runCell } from './run-cell.ts';
import type { Scenario } from './scenario.ts';

/** A number from a seed and a name, so that a cell lives the same life whichever others are run beside it. */
export function seedOf(seed: number, name: string): number {
  let hash = seed >>> 0;
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}

/** How many looks an operation takes depends on the moment: what all these quiet runs make is there to be struck. */
const quietRuns = 4;

/** The calls that a scenario makes when nothing goes wrong. @throws Error when it fails all the same */
export async function recordCalls(scenario: Scenario, seed: number): Promise<readonly CallPoint[]> {
  const runs = Array.from({ length: quietRuns }, (_, run) =>
    runCell({ scenario, strikes: [] }, seedOf(seed, `${scenario.name}/quiet/${run}`)),
  );
  const [first, ...others] = await Promise.all(runs);
  const complaint = [first, ...others].flatMap((result) => result?.complaints ?? [])[0];
  if (first === undefined || complaint !== undefined) throw new Error(`${scenario.name} fails quietly: ${complaint}`);
  const isIn = (calls: readonly CallPoint[], point: CallPoint) => calls.some((one) => nameOf(one) === nameOf(point));
  return first.calls.filter((point) => others.every(({ calls }) => isIn(calls, point)));
}

/** Every call of a scenario with every fault that makes sense for it. */
export function cellsOf(scenario: Scenario, calls: readonly CallPoint[]): readonly Cell[] {
  return calls.flatMap((call) =>
    afflictions
      .filter((affliction) => appliesTo(affliction, call))
      .map((affliction): Cell => ({ scenario, strikes: [{ call, affliction }] })),
  );
}

/** Those that change something: a kill before such a call and one after it leave two different worlds behind. */
const changing = /^(Run|Stop|Tag|Register|Deregister|Put)/;

/**
 * A kill at every call, and a number of other cells that the seed chooses. A call that changes something is struck before its
 * effect and after; of a read, which has none, the seed chooses one of the two.
 */
export function sampleOf(cells: readonly Cell[], count: number, seed: number): readonly Cell[] {
  const isKilling = ({ strikes }: Cell) => strikes.some(({ affliction }) => isKill(affliction));
  const isChosen = ({ scenario, strikes }: Cell) =>
    strikes.every(({ call, affliction }) => {
      const side = seedOf(seed, `${scenario.name}/${nameOf(call)}`) % 2 === 0 ? 'kill-before' : 'kill-after';
      return changing.test(call.operation) || affliction.name === side;
    });
  const rest = cells
    .filter((cell) => !isKilling(cell))
    .toSorted((a, b) => seedOf(seed, cellName(a)) - seedOf(seed, cellName(b)));
  return [...cells.filter((cell) => isKilling(cell) && isChosen(cell)), ...rest.slice(0, count)];
}

/** So many cells of one scenario with two faults at once, at two calls; the seed chooses them out of these cells. */
export function pairsOf(cells: readonly Cell[], count: number, seed: number): readonly Cell[] {
  const choose = (word: string) => cells[seedOf(seed, `${word} of ${cells[0]?.scenario.name}`) % cells.length];
  return Array.from({ length: count }, (_, index) => index).flatMap((index): Cell[] => {
    const first = choose(`first/${index}`);
    const second = choose(`second/${index}`);
    if (first === undefined || second === undefined) return [];
    const strikes = [...first.strikes, ...second.strikes];
    // Two faults of one call are one: the older takes it.
    return new Set(strikes.map(({ call }) => nameOf(call))).size < 2 ? [] : [{ scenario: first.scenario, strikes }];
  });
}

/** The cell with the two faults of a name such as `start/RunTask/late+StopTask/throttle`, when it is one and these have both. */
export function pairOf(cells: readonly Cell[], name: string): Cell | undefined {
  const [first = '', second] = name.split('+');
  const [scenario] = first.split('/');
  const found = [first, `${scenario}/${second}`].map((wanted) => cells.find((cell) => cellName(cell) === wanted));
  const [one, other] = found;
  if (second === undefined || one === undefined || other === undefined) return undefined;
  return { scenario: one.scenario, strikes: [...one.strikes, ...other.strikes] };
}
