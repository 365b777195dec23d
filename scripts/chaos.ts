import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CallPoint, withNamedCalls } from './chaos/call-name.ts';
import { cellsOf, findPair, killsOf, pairsOf, recordCalls, sampleOf } from './chaos/draw-matrix.ts';
import { keepResult, readResults, startRun } from './chaos/kept-results.ts';
import { type PlayedCell, playCells, replayCommand, usualSpeed } from './chaos/play-cells.ts';
import { type Cell, cellName, notReached } from './chaos/run-cell.ts';
import type { Scenario } from './chaos/scenario.ts';
import { scenarios } from './chaos/scenarios.ts';
import { renderPage } from './chaos/write-page.ts';
import { root, runTurbo } from './tasks.ts';

/** Plays every call of every operation with every fault, and writes docs/fault-matrix.md. */
const usage = `npm run chaos -- [--only <name>]... [--sample <number>] [--pairs <number>] [--continue] [--seed <number>] [--at-once 4] [--speed 5]
  --only      cells by name: start/RunTask/kill-after is one cell, start/RunTask a row, '*/*/throttle' a column,
              start/RunTask/late+StopTask/throttle a cell with two faults at once
  --sample    for each scenario, the kills that differ in their effect, and this number of other cells
  --pairs     for each scenario, this number of cells with two faults at once, and nothing else
  --continue  skip cells that were already played at this commit
  --seed      chooses the samples, and what happens inside each cell; random by default
  --speed     seconds in the sandbox per real second; on a busy machine, lower it and raise --at-once`;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        sample: { type: 'string' },
        pairs: { type: 'string' },
        continue: { type: 'boolean', default: false },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
        'at-once': { type: 'string', default: '4' },
        speed: { type: 'string', default: String(usualSpeed) },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    return process.exit(2);
  }
}

/** Without --pairs: how many cells with two faults each scenario has. */
const pairsPerScenario = 30;

function matches(name: string, pattern: string): boolean {
  const parts = name.split('/');
  return pattern.split('/').every((part, index) => part === '*' || part === parts[index]);
}

function chooseCells(scenario: Scenario, calls: readonly CallPoint[]): readonly Cell[] {
  const { only, sample, pairs } = given;
  // The recorded calls depend on timing. A cell that was played once can be played again by its name.
  const all = cellsOf(scenario, withNamedCalls(calls, only ?? []));
  if (pairs !== undefined) return pairsOf(all, Number(pairs), seed);
  const wanted = only === undefined ? all : all.filter((cell) => only.some((name) => matches(cellName(cell), name)));
  if (sample !== undefined) return [...killsOf(wanted, seed), ...sampleOf(wanted, Number(sample), seed)];
  if (only === undefined) return [...all, ...pairsOf(all, pairsPerScenario, seed)];
  return [...wanted, ...only.map((name) => findPair(all, name)).filter((cell) => cell !== undefined)];
}

async function drawCells(): Promise<readonly Cell[]> {
  const wanted = given.only?.map((name) => name.split('/')[0]) ?? ['*'];
  const lists: (readonly Cell[])[] = [];
  for (const scenario of scenarios) {
    if (!wanted.some((name) => name === '*' || name === scenario.name)) continue;
    const calls = await recordCalls(scenario, { seed, speed });
    console.log(`${scenario.name} makes ${calls.length} calls`);
    lists.push(chooseCells(scenario, calls));
  }
  // One cell of each scenario in turn: an interrupted run has played some of all.
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}

function report({ name, outcome, violations }: PlayedCell): void {
  if (violations.length === 0) console.log(`  ${name}: ${outcome}`);
  else console.log(`✗ ${name}: ${outcome}\n${violations.map((line) => `    ${line}`).join('\n')}`);
}

const given = readArguments();
if (given.help) {
  console.log(usage);
  process.exit(0);
}
// Otherwise each sandbox would handle the signal by closing itself, and the next cell would open another one.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
const built = runTurbo('build');
if (built !== 0) process.exit(built);
const seed = Number(given.seed);
const speed = Number(given.speed);
const run = startRun(seed);
console.log(`seed ${seed}`);
const cells = await drawCells().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const before = readResults();
const isPlayed = (cell: Cell) => given.continue && before.get(cellName(cell))?.commit === run.commit;
const played = await playCells(
  cells.filter((cell) => !isPlayed(cell)),
  {
    seed,
    speed,
    atOnce: Number(given['at-once']),
    onPlayed(cell) {
      report(cell);
      keepResult(cell, run);
    },
  },
);

const isWhole = [given.only, given.sample, given.pairs].every((choice) => choice === undefined);
const drawn = new Set(cells.map(cellName));
// A whole run also drops the rows of calls that are no longer made.
const results = [...readResults().values()].filter(({ name }) => !isWhole || drawn.has(name));
// A page without some of the scenarios would look complete.
const hasTable = (name: string) => results.some(({ scenario, calls }) => scenario === name && calls.length === 1);
if (scenarios.every(({ name }) => hasTable(name)))
  writeFileSync(join(root, 'docs', 'fault-matrix.md'), renderPage(results));

for (const { name, violations } of played.filter(({ violations }) => violations.length > 0))
  console.log(`✗ ${name}: ${violations.join('; ')}\n  ${replayCommand(name, seed)}`);
const failed = played.filter(({ violations }) => violations.length > 0).length;
const missed = played.filter(({ outcome }) => outcome === notReached).length;
console.log(`${played.length - failed - missed} cells pass, ${failed} fail, ${missed} were not reached`);
process.exit(failed === 0 && cells.length > 0 ? 0 : 1);
