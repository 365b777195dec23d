import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Measured, measureAll } from './bench/measure-all.ts';
import { renderPage } from './bench/page/render-page.ts';
import { renderPlots } from './bench/page/render-plots.ts';
import { root, runTurbo } from './tasks.ts';

/**
 * Measures, and writes `docs/benchmarks.md` with its plots. A quick run writes them to `reports/`. A missed target is not a failure, because
 * the machine may be slow. The page reports each target.
 */
const usage = `npm run bench -- [--quick] [--json] [--redraw]
  --quick   only tries whether it still can, and writes below reports/
  --json    prints the measurements instead of the page
  --redraw  draws the page of the last measurements once more, after a change of its words`;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        redraw: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    return process.exit(2);
  }
}

const values = readArguments();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const reports = join(root, 'reports');

async function measure(): Promise<Measured> {
  const built = runTurbo('build');
  if (built !== 0) process.exit(built);
  return measureAll(values.quick, (what) => {
    if (!values.json) console.log(`measuring: ${what}`);
  });
}

const measured = values.redraw
  ? (JSON.parse(readFileSync(join(reports, 'bench.json'), 'utf8')) as Measured)
  : await measure();
const docs = measured.quick ? reports : join(root, 'docs');
const plots = join(docs, 'benchmarks');
mkdirSync(reports, { recursive: true });
mkdirSync(plots, { recursive: true });
writeFileSync(join(reports, 'bench.json'), `${JSON.stringify(measured, undefined, 2)}\n`);
for (const [name, svg] of await renderPlots(measured)) writeFileSync(join(plots, `${name}.svg`), svg);
const page = renderPage(measured);
writeFileSync(join(docs, 'benchmarks.md'), page);
console.log(values.json ? JSON.stringify(measured, undefined, 2) : page);
