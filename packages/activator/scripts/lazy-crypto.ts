import type { Plugin } from 'esbuild';

/**
 * Leaves Node's crypto libraries to the first signature: their import costs several times what the rest of the bundle does.
 * The signer's package also looks for a source of random ids when it is imported, which no request of ours has.
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
