import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CallPoint } from './chaos/call-name.ts';
import { cellsOf, pairOf, pairsOf, recordCalls, sampleOf } from './chaos/draw-matrix.ts';
import { keepResults, readResults } from './chaos/kept-results.ts';
import { type PlayedCell, playCells } from './chaos/play-cells.ts';
import { type Cell, cellName } from './chaos/run-cell.ts';
import type { Scenario } from './chaos/scenario.ts';
import { scenarios } from './chaos/scenarios.ts';
import { renderPage } from './chaos/write-page.ts';
import { root, runTurbo } from './tasks.ts';

/** Strikes every call of every operation with every fault, and says what comes of it. */
const usage = `npm run chaos -- [--only start/RunTask/kill-after] [--sample <number>] [--pairs <number>] [--seed <number>] [--at-once 4]
  --only    the cells whose name begins so; the parts are scenario, call and fault, and * stands for any one;
            start/RunTask/late+StopTask/throttle is a cell with two faults at once
  --sample  a kill at every call, and as many other cells, which the seed chooses
  --pairs   only cells with two faults at once, so many of each scenario, which the seed chooses`;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        sample: { type: 'string' },
        pairs: { type: 'string' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
        'at-once': { type: 'string', default: '4' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    return process.exit(2);
  }
}

function isWanted(name: string, only: string): boolean {
  const parts = name.split('/');
  return only.split('/').every((part, index) => part === '*' || part === parts[index]);
}

/** How many cells with two faults each scenario has when all cells are played. */
const pairsOfWhole = 5;

/** The cells of a scenario that are wanted, with one fault or with two. */
function chooseCells(scenario: Scenario, calls: readonly CallPoint[]): readonly Cell[] {
  const { only, sample, pairs } = given;
  const squares = cellsOf(scenario, calls);
  if (pairs !== undefined) return pairsOf(squares, Number(pairs), seed);
  const named = pairOf(squares, only ?? '');
  if (named !== undefined) return [named];
  const wanted = squares.filter((cell) => only === undefined || isWanted(cellName(cell), only));
  if (sample !== undefined) return sampleOf(wanted, Number(sample), seed);
  return only === undefined ? [...wanted, ...pairsOf(squares, pairsOfWhole, seed)] : wanted;
}

async function drawCells(): Promise<readonly Cell[]> {
  const [wanted] = given.only?.split('/') ?? [];
  const cells: Cell[] = [];
  for (const scenario of scenarios) {
    if (wanted !== undefined && wanted !== '*' && wanted !== scenario.name) continue;
    const calls = await recordCalls(scenario, seed);
    console.log(`${scenario.name} makes ${calls.length} calls`);
    cells.push(...chooseCells(scenario, calls));
  }
  return cells;
}

function tell({ name, outcome, complaints, seed }: PlayedCell): void {
  if (complaints.length === 0) console.log(`  ${name}: ${outcome}`);
  else console.log(`✗ ${name}: ${outcome}, seed ${seed}\n${complaints.map((line) => `    ${line}`).join('\n')}`);
}

const given = readArguments();
if (given.help) {
  console.log(usage);
  process.exit(0);
}
// Each sandbox would close itself and leave the ending to the next one, which is open by then.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
const built = runTurbo('build');
if (built !== 0) process.exit(built);
const seed = Number(given.seed);
console.log(`seed ${seed}`);
const cells = await drawCells().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const isWhole = [given.only, given.sample, given.pairs].every((choice) => choice === undefined);
const played = await playCells(cells, { seed, atOnce: Number(given['at-once']), onPlayed: tell });
const page = renderPage(keepResults(isWhole ? [] : readResults(), played));
console.log(`\n${page.slice(page.indexOf('\n## ') + 1)}`);
// A page with a part only would look like the whole.
if (scenarios.every(({ name }) => page.includes(`\n## ${name}\n`)))
  writeFileSync(join(root, 'docs', 'fault-matrix.md'), page);
const broken = played.filter(({ complaints }) => complaints.length > 0);
for (const { name, complaints } of broken) console.log(`✗ ${name}: ${complaints.join('; ')}`);
console.log(`${played.length - broken.length} cells hold, ${broken.length} do not`);
process.exit(broken.length === 0 && played.length > 0 ? 0 : 1);
