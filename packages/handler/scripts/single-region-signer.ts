import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const multiRegion = '@aws-sdk/signature-v4-multi-region';
const isSecondLook = 'second look';

/** Signs for one Region only. EventBridge's client brings a signer for its global endpoints, which nothing here uses: 4 KB. */
export const singleRegionSigner: Plugin = {
  name: 'single-region-signer',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${multiRegion}$`) }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === isSecondLook) return undefined;
      const found = await build.resolve(path, { kind, resolveDir, pluginData: isSecondLook });
      return { path, namespace: 'single-region-signer', pluginData: dirname(found.path) };
    });
    build.onLoad({ filter: /.*/, namespace: 'single-region-signer' }, ({ pluginData }) => ({
      contents: [
        "import { SignatureV4 } from '@smithy/signature-v4';",
        "export class SignatureV4MultiRegion extends SignatureV4 { static sigv4aDependency() { return 'none'; } }",
      ].join('\n'),
      resolveDir: pluginData,
    }));
  },
};
