import { parseArgs } from 'node:util';
import { huntMutant } from '../tests/interleavings/hunt-mutant.ts';
import { mutants } from '../tests/interleavings/mutants.ts';
import { runCommand } from './tasks.ts';

const usage = `npm run mutants                            everything below
npm run mutants -- --plan [<file> ...]     Stryker changes packages/core/src/plan, or these files of it
npm run mutants -- <part of a name>        random runs on core without one of its rules;
                                           SEED=<number> chooses the runs, RUNS=<number> is the most
  the names:
${mutants.map(({ name }) => `    ${name}`).join('\n')}`;

/** @throws TypeError that names the option */
function readArguments() {
  const options = { help: { type: 'boolean', default: false }, plan: { type: 'boolean', default: false } } as const;
  return parseArgs({ options, allowPositionals: true });
}

/** Small changes of the planners' code, each of which core's tests must detect. @returns the exit status */
function runStryker(files: readonly string[]): number {
  const mutate = files.length === 0 ? [] : ['--mutate', files.join(',')];
  return runCommand('@stryker-mutator/core', 'stryker', ['run', 'scripts/mutants/stryker.config.json', ...mutate]);
}

/** Core without one of its rules at a time, in random runs that must break an invariant. @returns how many survive */
async function huntMutants(wanted: typeof mutants): Promise<number> {
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
  return survivors;
}

function failWith(message: string): never {
  console.error(`${message}\n${usage}`);
  return process.exit(2);
}

let given: ReturnType<typeof readArguments>;
try {
  given = readArguments();
} catch (error) {
  failWith(error instanceof Error ? error.message : String(error));
}
const { values, positionals } = given;
const name = positionals.join(' ');
const wanted = mutants.filter((mutant) => mutant.name.includes(name));
if (values.help) {
  console.log(usage);
} else if (values.plan) {
  process.exitCode = runStryker(positionals);
} else if (wanted.length === 0) {
  failWith(`no rule's name contains "${name}"`);
} else {
  const survivors = await huntMutants(wanted);
  const strykerStatus = name === '' ? runStryker([]) : 0;
  process.exitCode = survivors === 0 ? strykerStatus : 1;
}
