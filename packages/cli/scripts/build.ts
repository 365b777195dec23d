import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { noticesName, thirdPartyNotices } from '../../../scripts/third-party-notices.ts';

const packageFolder = resolve(import.meta.dirname, '..');
const outfile = resolve(process.argv[2] ?? resolve(packageFolder, 'dist'), 'engines.mjs');

const { metafile } = await build({
  absWorkingDir: packageFolder,
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  // What is left of CommonJS calls `require` for Node's own modules.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as _createRequire } from 'node:module'; const require = _createRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
});
const [{ bytes = 0 } = {}] = Object.values(metafile.outputs);
await writeFile(resolve(outfile, '..', noticesName), thirdPartyNotices(Object.keys(metafile.inputs), packageFolder));
console.log(`engines.mjs: ${(bytes / 1024).toFixed(1)} KB`);
