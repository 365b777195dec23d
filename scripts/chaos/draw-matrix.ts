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
    runCell({ scenario }, seedOf(seed, `${scenario.name}/quiet/${run}`)),
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
      .filter((affliction) => appliesTo(affliction, call.operation))
      .map((affliction): Cell => ({ scenario, strike: { call, affliction } })),
  );
}

/** Those that change something: a kill before such a call and one after it leave two different worlds behind. */
const changing = /^(Run|Stop|Tag|Register|Deregister|Put)/;

/**
 * A kill at every call, and a number of other cells that the seed chooses. A call that changes something is struck before its
 * effect and after; of a read, which has none, the seed chooses one of the two.
 */
export function sampleOf(cells: readonly Cell[], count: number, seed: number): readonly Cell[] {
  const isKilling = ({ strike }: Cell) => strike !== undefined && isKill(strike.affliction);
  const isChosen = ({ scenario, strike }: Cell) => {
    if (strike === undefined || changing.test(strike.call.operation)) return true;
    const side = seedOf(seed, `${scenario.name}/${nameOf(strike.call)}`) % 2 === 0 ? 'kill-before' : 'kill-after';
    return strike.affliction.name === side;
  };
  const rest = cells
    .filter((cell) => !isKilling(cell))
    .toSorted((a, b) => seedOf(seed, cellName(a)) - seedOf(seed, cellName(b)));
  return [...cells.filter((cell) => isKilling(cell) && isChosen(cell)), ...rest.slice(0, count)];
}
