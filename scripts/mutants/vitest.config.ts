import { join, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = resolve(import.meta.dirname, '..', '..');

// Stryker copies the repository. The tests must import the copy of core, not the one that node_modules links to.
export default defineConfig({
  root,
  resolve: { alias: { '@start-engines/core': join(root, 'packages', 'core', 'src', 'index.ts') } },
  test: { include: ['packages/core/test/**/*.test.ts'] },
});
