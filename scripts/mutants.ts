import { huntMutant } from '../tests/interleavings/hunt-mutant.ts';
import { mutants } from '../tests/interleavings/mutants.ts';

/**
 * Takes the rules of core away one by one, and shows after how many random runs an invariant breaks without each. `SEED=`
 * chooses the runs, `RUNS=` how many at most.
 */
const seed = Number(process.env.SEED ?? 1);
const most = Number(process.env.RUNS ?? 1_000);

let survivors = 0;
const named = process.argv[2] ?? '';
for (const mutant of mutants.filter(({ name }) => name.includes(named))) {
  const caught = await huntMutant(mutant, seed, most);
  if (caught === undefined) survivors += 1;
  const said =
    caught === undefined ? `survives ${most} runs` : `caught by run ${caught.runs}: ${caught.rules.join('; ')}`;
  console.log(`${mutant.name} – ${said} (SEED=${seed})`);
}
process.exitCode = survivors === 0 ? 0 : 1;
