import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { zipSync } from 'fflate';
import { noticesName, thirdPartyNotices } from '../../../scripts/third-party-notices.ts';
import { environmentCredentials } from './environment-credentials.ts';
import { noEventStreams } from './no-event-streams.ts';
import { singleRegionSigner } from './single-region-signer.ts';
import { unreachedModules } from './unreached-modules.ts';
import { unusedShapes } from './unused-shapes.ts';

const packageFolder = resolve(import.meta.dirname, '..');

/** What Terraform deploys. */
export const zipName = 'start-engines-lambda.zip';

const options = {
  // Paths in the output would differ from one checkout to the next.
  absWorkingDir: packageFolder,
  entryPoints: ['src/index.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // Many packages ship CommonJS under `main` and ES modules, which can be cut to size, under `module`.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  // What is left of CommonJS calls `require` for Node's own modules.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  plugins: [environmentCredentials, noEventStreams, singleRegionSigner, unreachedModules, unusedShapes],
  write: false,
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

export interface LambdaPackage {
  readonly bundleBytes: number;
  readonly zipBytes: number;
}

/**
 * Bundles the function into `index.mjs`, beside it the zip that holds it and esbuild's `meta.json`. The same sources give
 * the same bytes, in every folder and time zone.
 */
export async function buildLambdaPackage(outputFolder: string): Promise<LambdaPackage> {
  const { outputFiles, metafile } = await build(options);
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error('esbuild wrote nothing');
  const zip = zipSync(
    {
      'index.mjs': [
        bundle.contents,
        // The format keeps local time and fflate writes it as such, so a fixed local date is the same bytes everywhere.
        // Lambda's user must be able to read the file: Unix, regular, rw-r--r--.
        { mtime: new Date(2000, 0, 1, 12), os: 3, attrs: (0o100644 << 16) >>> 0 },
      ],
    },
    { level: 9 },
  );
  await mkdir(outputFolder, { recursive: true });
  await writeFile(join(outputFolder, 'index.mjs'), bundle.contents);
  await writeFile(join(outputFolder, zipName), zip);
  // Next to the zip: people download it, Lambda has no use for it.
  await writeFile(join(outputFolder, noticesName), thirdPartyNotices(Object.keys(metafile.inputs), packageFolder));
  await writeFile(join(outputFolder, 'meta.json'), JSON.stringify(metafile));
  return { bundleBytes: bundle.contents.length, zipBytes: zip.length };
}
