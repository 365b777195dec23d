import { describe, expect, test } from 'vitest';
import { huntMutant } from './hunt-mutant.ts';
import { mutants } from './mutants.ts';
import { countMatches } from './mutate.ts';

/** Enough for the mutants that are caught soon. `npm run mutants` also hunts the others. */
const caughtSoon = [
  'no token',
  'a token without the workspace',
  'attempts without the minute',
  'a stop that ignores later requests',
  'launch facts whose MAC is not checked',
];
const seed = 1;
const runs = 100;

describe('removing a rule of core', () => {
  test.each(mutants.flatMap(({ name, patches }) => patches.map((patch) => ({ name, patch }))))(
    'is still possible: $name, in $patch.file',
    ({ patch }) => {
      expect(countMatches(patch)).toBe(1);
    },
  );

  test.each(mutants.filter(({ name }) => caughtSoon.includes(name)))(
    'breaks an invariant: $name',
    { timeout: 120_000 },
    async (mutant) => {
      const caught = await huntMutant(mutant, seed, runs);
      expect(caught?.rules.length).toBeGreaterThan(0);
    },
  );
});
