import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const wholeChain = '@aws-sdk/credential-provider-node';
const isSecondLook = 'second look';

/**
 * Leaves only the environment's credentials in the bundle: Lambda provides no others. The rest of the SDK's chain (profiles, SSO,
 * web identity, instance metadata) is 100 KB and a third of the import time.
 */
export const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${wholeChain}$`) }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === isSecondLook) return undefined;
      const found = await build.resolve(path, { kind, resolveDir, pluginData: isSecondLook });
      return { path, namespace: 'environment-credentials', pluginData: dirname(found.path) };
    });
    build.onLoad({ filter: /.*/, namespace: 'environment-credentials' }, ({ pluginData }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      // The remaining provider is a dependency of the chain, so it is resolved from there.
      resolveDir: pluginData,
    }));
  },
};
