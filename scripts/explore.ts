import { parseArgs } from 'node:util';
import { dimensions } from '../tests/interleavings/dimensions.ts';
import { describeFinding, explore } from '../tests/interleavings/explore.ts';

/** Runs many random interleavings in each dimension, and prints the smallest one that violates an invariant. */
const usage = `npm run explore -- [<dimension> …]      SEED=<number> chooses the scripts, RUNS=<number> how many of each
  dimensions:
${dimensions.map(({ name }) => `    ${name}`).join('\n')}`;

/** The given dimensions. Default: all. */
function readNames(): readonly string[] {
  try {
    const options = { help: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    return positionals.length === 0 ? dimensions.map(({ name }) => name) : positionals;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    return process.exit(2);
  }
}

const names = readNames();
const unknown = names.find((name) => !dimensions.some((dimension) => dimension.name === name));
if (unknown !== undefined) {
  console.error(`there is no dimension ${unknown}\n${usage}`);
  process.exit(2);
}
const seed = Number(process.env.SEED ?? 1);
const runs = Number(process.env.RUNS ?? 20_000);

for (const dimension of dimensions.filter(({ name }) => names.includes(name))) {
  const finding = await explore({ dimension, seed, runs, shrink: true });
  console.log(
    `${dimension.name}: ${finding === undefined ? `${runs} scripts hold` : describeFinding(finding)} (SEED=${seed})`,
  );
  if (finding !== undefined) process.exitCode = 1;
}
