import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Explores with another copy of core instead of the real one. It is a separate process, because no module may have loaded core
 * before. Arguments: the copy's `src/index.ts`, the dimension, the seed, the maximum number of runs. Prints one line of JSON.
 */
const [entry = '', name = 'plain', seed = '1', runs = '1000'] = process.argv.slice(2);
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@start-engines/core'
      ? { url: pathToFileURL(entry).href, shortCircuit: true }
      : next(specifier, context),
});
const { explore } = await import('./explore.ts');
const { dimensionOf } = await import('./dimensions.ts');
const dimension = dimensionOf(name);
const finding = await explore({ dimension, seed: Number(seed), runs: Number(runs), shrink: false });
const caught = finding && { runs: finding.runs, rules: [...new Set(finding.violations.map(({ rule }) => rule))] };
console.log(JSON.stringify(caught ?? null));
