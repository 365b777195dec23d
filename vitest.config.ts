import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest, the longest of all first. Begun last, one of them would run on alone while the other worker idles. */
const long = [
  'tests/chaos/restart.test.ts',
  'tests/terraform/deployment.test.ts',
  'tests/chaos/reconcile.test.ts',
  'tests/cli/operations.test.ts',
  'tests/field/field-test.test.ts',
  'tests/terraform/modules.test.ts',
  'tests/terraform/upgrade.test.ts',
  'tests/terraform/module-instances.test.ts',
  'tests/terraform/wake.test.ts',
  'tests/chaos/other-operations.test.ts',
  'scripts/test/docs-commands.test.ts',
  'tests/chaos/stop.test.ts',
  'tests/chaos/overdue.test.ts',
  'tests/operations/scale.test.ts',
  'tests/traffic/',
  'tests/front-door/',
  'packages/activator/test/browser.test.ts',
  'tests/cli/',
  'packages/handler/test/',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = long.findIndex((part) => moduleId.replaceAll('\\', '/').includes(`/${part}`));
      return index === -1 ? long.length : index;
    };
    return [...(await super.sort(files))].sort((one, other) => rank(one) - rank(other));
  }
}

const everything = ['packages/*/test/**/*.test.ts', 'tests/**/*.test.ts', 'scripts/test/**/*.test.ts'];

/** Tests that start no process and need no build: `npm run test:quick`. */
const quick = [
  'packages/aws/test/*.test.ts',
  'packages/{cli,config,core}/test/**/*.test.ts',
  'packages/sandbox/test/{authorisation,events,logs,model,ssm}/**/*.test.ts',
  'tests/attack/*.test.ts',
  // A thousand services take a minute.
  'tests/operations/!(scale).test.ts',
  'scripts/test/docs-{aws-facts,errors,exit-codes,links,mapping,regressions,terraform}.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than CI has cores: most of the time is spent in waiting for the sandbox.
    maxWorkers: 4,
    // Of one file. Each starts processes.
    maxConcurrency: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      // One worker runs many of its files: loading the modules anew for each would take longer than the tests.
      { extends: true, test: { name: 'quick', include: quick, isolate: false } },
      { extends: true, test: { name: 'processes', include: everything, exclude: quick } },
    ],
  },
});
