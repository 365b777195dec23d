import { type CallPoint, nameOf } from './call-name.ts';
import { appliesTo, columns, isKill } from './faults.ts';
import { type Cell, type CellOptions, cellName, runCell } from './run-cell.ts';
import type { Scenario } from './scenario.ts';

/** Derives a seed from a seed and a name, so that a cell plays the same way regardless of the other cells. */
export function seedOf(seed: number, name: string): number {
  let hash = seed >>> 0;
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}

/** The number of reads depends on timing, so only calls that occur in all of these runs get a row. */
const runsWithoutFaults = 4;

/** The calls that a scenario makes without faults. @throws Error when it fails without faults */
export async function recordCalls(scenario: Scenario, { seed, speed }: CellOptions): Promise<readonly CallPoint[]> {
  const runs = Array.from({ length: runsWithoutFaults }, (_, run) =>
    runCell({ scenario, injections: [] }, { seed: seedOf(seed, `${scenario.name}/no-fault/${run}`), speed }),
  );
  const [first, ...others] = await Promise.all(runs);
  const violation = [first, ...others].flatMap((result) => result?.violations ?? [])[0];
  if (first === undefined || violation !== undefined)
    throw new Error(`${scenario.name} fails without faults: ${violation}`);
  const isIn = (calls: readonly CallPoint[], point: CallPoint) => calls.some((one) => nameOf(one) === nameOf(point));
  return first.calls.filter((point) => others.every(({ calls }) => isIn(calls, point)));
}

/** Every call of a scenario with every fault that can hit it. */
export function cellsOf(scenario: Scenario, calls: readonly CallPoint[]): readonly Cell[] {
  return calls.flatMap((call) =>
    columns
      .filter((column) => appliesTo(column, call))
      .map((column): Cell => ({ scenario, injections: [{ call, column }] })),
  );
}

/** `count` of these cells; the seed decides which. */
export function sampleOf(cells: readonly Cell[], count: number, seed: number): readonly Cell[] {
  return cells.toSorted((a, b) => seedOf(seed, cellName(a)) - seedOf(seed, cellName(b))).slice(0, count);
}

/** Operations that change something. */
const changing = /^(Run|Stop|Tag|Register|Deregister|Put)/;

/**
 * The kills that leave different states: before and after every call that changes something, and one kill in each
 * series of reads between two changes. The seed decides which read.
 */
export function killsOf(cells: readonly Cell[], seed: number): readonly Cell[] {
  const kills = cells.filter(({ injections }) => injections.some(({ column }) => isKill(column)));
  const series: Cell[][] = [];
  let wasRead = false;
  for (const cell of kills) {
    const isRead = !cell.injections.some(({ call }) => changing.test(call.operation));
    if (isRead && wasRead) series.at(-1)?.push(cell);
    else series.push([cell]);
    wasRead = isRead;
  }
  return series.flatMap((alike) => sampleOf(alike, 1, seed));
}

/** `count` cells with two faults at two different calls, combined from these cells; the seed decides which. */
export function pairsOf(cells: readonly Cell[], count: number, seed: number): readonly Cell[] {
  if (new Set(cells.flatMap(callsOf)).size < 2) return [];
  const pairs = new Map<string, Cell>();
  for (let draw = 0; pairs.size < count; draw += 1) {
    const [first, second] = sampleOf(cells, 2, seedOf(seed, `pair ${draw}`)) as [Cell, Cell];
    // Only one of two faults can hit the same call.
    if (callsOf(first)[0] === callsOf(second)[0]) continue;
    const pair = { scenario: first.scenario, injections: [...first.injections, ...second.injections] };
    pairs.set(cellName(pair), pair);
  }
  return [...pairs.values()];
}

function callsOf({ injections }: Cell): readonly string[] {
  return injections.map(({ call }) => nameOf(call));
}

/** The cell with two faults that has this name, such as `start/RunTask/late+StopTask/throttle`. */
export function findPair(cells: readonly Cell[], name: string): Cell | undefined {
  const [first = '', second] = name.split('+');
  const [scenario] = first.split('/');
  const [one, other] = [first, `${scenario}/${second}`].map((wanted) =>
    cells.find((cell) => cellName(cell) === wanted),
  );
  if (one === undefined || other === undefined) return undefined;
  return { scenario: one.scenario, injections: [...one.injections, ...other.injections] };
}
