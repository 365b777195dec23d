import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, runCommand, runTurbo } from './tasks.ts';

/**
 * Builds what the tests need (the zip, the JSON Schema), runs the tests, and ends with one line that counts them, from the runner's
 * report. Arguments go to the runner: `npm test -- packages/core`. `--quick` builds nothing and runs only the tests that start no
 * process.
 */
const [quick, args] = takeQuick(process.argv.slice(2));
const reportPath = join(root, 'reports', 'vitest.json');

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function countFrom(report: Report): { passed: number; failed: number; skipped: number } {
  // A file that cannot be loaded contains no tests, but counts as a failure.
  const unloadable = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** The names of skipped tests contain the reason. */
function skippedNames(report: Report): string[] {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  return tests.filter((test) => !['passed', 'failed'].includes(test.status)).map((test) => test.fullName);
}

function takeQuick(given: readonly string[]): [boolean, string[]] {
  return [given.includes('--quick'), given.filter((argument) => argument !== '--quick')];
}

/** On two idle cores. */
const expected = quick ? 'half a minute' : '10 minutes';
if (args.length === 0) console.log(`This takes about ${expected} on two cores.`);

mkdirSync(join(root, 'reports'), { recursive: true });
rmSync(reportPath, { force: true });

if (!quick) {
  console.log('Building …');
  const built = runTurbo('build');
  if (built !== 0) process.exit(built);
}

const ran = runCommand('vitest', 'vitest', [
  'run',
  '--reporter=default',
  // On a terminal the default reporter shows progress.
  ...(process.stdout.isTTY ? [] : [`--reporter=${join(import.meta.dirname, 'test-progress.ts')}`]),
  '--reporter=json',
  `--outputFile.json=${reportPath}`,
  ...(quick ? ['--project=quick'] : []),
  ...args,
]);
const report: Report = JSON.parse(readFileSync(reportPath, 'utf8'));
for (const name of skippedNames(report)) console.log(`skipped: ${name}`);
const { passed, failed, skipped } = countFrom(report);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(ran !== 0 || failed > 0 || passed === 0 ? ran || 1 : 0);
