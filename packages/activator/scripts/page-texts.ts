import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { type Plugin, transform } from 'esbuild';

/** Resolves `./file?text` to the file's minified text and its hash for a Content-Security-Policy. */
export const pageTexts: Plugin = {
  name: 'page-texts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?text$/ }, ({ path, resolveDir }) => ({
      // Not the whole path, which would differ from one checkout to the next.
      path,
      namespace: 'page-texts',
      pluginData: resolve(resolveDir, path.slice(0, -'?text'.length)),
    }));
    onLoad({ filter: /.*/, namespace: 'page-texts' }, async ({ pluginData: path }) => {
      const source = await readFile(path, 'utf8');
      const loader = extname(path) === '.css' ? 'css' : 'js';
      const { code } = await transform(source, {
        loader,
        minify: true,
        target: ['chrome100', 'firefox100', 'safari15'],
      });
      const text = code.trim();
      const hash = `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
      return {
        contents: `export const text = ${JSON.stringify(text)};\nexport const hash = ${JSON.stringify(hash)};`,
        loader: 'js',
        watchFiles: [path],
      };
    });
  },
};
