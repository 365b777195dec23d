import type { Plugin } from 'esbuild';

/**
 * Loads Node's crypto libraries at the first signature, because their import costs several times as much as the rest of the
 * bundle. The signer's package also looks for a source of random IDs at its import, but the activator's requests have none.
 */
export const lazyCrypto: Plugin = {
  name: 'lazy-crypto',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:crypto$/ }, ({ path }) => ({ path, namespace: 'lazy-crypto' }));
    onLoad({ filter: /.*/, namespace: 'lazy-crypto' }, () => ({
      contents: ['createHash', 'createHmac', 'getRandomValues']
        .map((name) => `export const ${name} = (...list) => process.getBuiltinModule('node:crypto').${name}(...list);`)
        .join('\n'),
    }));
    onLoad({ filter: /[\\/]@smithy[\\/]core[\\/].*[\\/]uuid[\\/]v4\.js$/ }, () => ({
      contents: "export const bindV4 = () => () => { throw new Error('Random ids are not in this bundle.'); };",
    }));
  },
};
