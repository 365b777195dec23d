import { parseArgs } from 'node:util';
import { huntMutant } from '../tests/interleavings/hunt-mutant.ts';
import { mutants } from '../tests/interleavings/mutants.ts';

/** Removes rules of core one by one, and reports how many random runs it takes to violate an invariant without each. */
const usage = `npm run mutants -- [<part of a name>]      SEED=<number> chooses the runs, RUNS=<number> how many at most
  those there are:
${mutants.map(({ name }) => `    ${name}`).join('\n')}`;

/** The given part of a name. Default: empty, which matches all names. */
function readName(): string {
  try {
    const options = { help: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    return positionals.join(' ');
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    return process.exit(2);
  }
}

const named = readName();
const wanted = mutants.filter(({ name }) => name.includes(named));
if (wanted.length === 0) {
  console.error(`no rule's name contains "${named}"\n${usage}`);
  process.exit(2);
}
const seed = Number(process.env.SEED ?? 1);
const most = Number(process.env.RUNS ?? 1_000);

let survivors = 0;
for (const mutant of wanted) {
  const caught = await huntMutant(mutant, seed, most);
  if (caught === undefined) survivors += 1;
  const said =
    caught === undefined ? `survives ${most} runs` : `caught by run ${caught.runs}: ${caught.rules.join('; ')}`;
  console.log(`${mutant.name} – ${said} (SEED=${seed})`);
}
process.exitCode = survivors === 0 ? 0 : 1;
