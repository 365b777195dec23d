import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest, the longest of all first. Begun last, one of them would run on alone while the other worker idles. */
const long = [
  'tests/terraform/deployment.test.ts',
  'tests/terraform/modules.test.ts',
  'tests/chaos/restart.test.ts',
  'tests/chaos/reconcile.test.ts',
  'packages/handler/test/stop-and-restart.test.ts',
  'scripts/test/docs-commands.test.ts',
  'tests/chaos/other-operations.test.ts',
  'tests/chaos/stop.test.ts',
  'tests/chaos/overdue.test.ts',
  'tests/cli/',
  'tests/front-door/',
  'tests/traffic/',
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

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tests/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than CI has cores: much of the time is spent in waiting for what the sandbox lets take its time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
