import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

const namespace = 'required-builtins';

/**
 * Loads Node's own modules with `require`. An import reads every member of the module, and some members load more of Node, such as the
 * standard streams, the file streams and Web Crypto: a seventh of the import time.
 */
export const requiredBuiltins: Plugin = {
  name: namespace,
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z]/ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path) ? { path, namespace } : undefined,
    );
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: `module.exports = require('${path}');` }));
  },
};
