import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, runCommand, runTurbo } from './tasks.ts';

/**
 * Builds what the tests run (the zip, the JSON Schema), runs the tests, and closes with one line that counts them
 * from the runner's own report. Arguments go to the runner: `npm test -- packages/core`.
 */
const report = join(root, 'reports', 'vitest.json');

function countFrom(path: string): { passed: number; failed: number; skipped: number } {
  const result = JSON.parse(readFileSync(path, 'utf8'));
  const files: { status: string; assertionResults: unknown[] }[] = result.testResults;
  // A file that could not even be loaded has no test in it, and is a failure all the same.
  const unloadable = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + unloadable,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

mkdirSync(join(root, 'reports'), { recursive: true });
rmSync(report, { force: true });

const built = runTurbo('build');
if (built !== 0) process.exit(built);

const ran = runCommand('vitest', 'vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
const { passed, failed, skipped } = countFrom(report);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(ran !== 0 || failed > 0 || passed === 0 ? ran || 1 : 0);
