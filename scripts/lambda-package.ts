import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import JSZip from 'jszip';
import { noEventStreams } from './no-event-streams.ts';
import { noticesName, thirdPartyNotices } from './third-party-notices.ts';

export interface LambdaPackageSource {
  /** The folder of the package, whose `src/index.ts` exports the handler. */
  readonly packageFolder: string;
  readonly zipName: string;
  readonly plugins: readonly Plugin[];
  /** Whether modules loaded with `import()` become separate files. */
  readonly splitting?: boolean;
  /** esbuild's pattern for the names of those files. */
  readonly chunkNames?: string;
  /** JavaScript at the start of the bundle. */
  readonly banner?: string;
}

export interface LambdaPackage {
  readonly bundleBytes: number;
  readonly zipBytes: number;
}

const options = {
  entryPoints: ['src/index.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // Many packages have CommonJS under `main`, and ES modules, which esbuild can tree-shake, under `module`.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  outdir: '.',
  outExtension: { '.js': '.mjs' },
  write: false,
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

const attributes = {
  date: new Date('2000-01-01T12:00:00Z'),
  // Lambda's user must be able to read the files: regular file, rw-r--r--.
  unixPermissions: 0o100644,
} as const;

/** Node's own zlib would give other bytes with another version of Node. fflate's zips are 4 % larger. */
function zipFiles(files: readonly { readonly path: string; readonly contents: Uint8Array }[]): Promise<Uint8Array> {
  const zip = new JSZip();
  for (const { path, contents } of files) zip.file(basename(path), contents, attributes);
  const compressionOptions = { level: 9 };
  return zip.generateAsync({ type: 'uint8array', platform: 'UNIX', compression: 'DEFLATE', compressionOptions });
}

/**
 * Bundles a function into `index.mjs`, and writes the zip with it and esbuild's `meta.json`. The same sources give the same
 * bytes, in every folder and time zone.
 */
export async function writeLambdaPackage(
  { packageFolder, zipName, plugins, splitting = false, chunkNames = '[name]', banner = '' }: LambdaPackageSource,
  outputFolder: string,
): Promise<LambdaPackage> {
  const { outputFiles, metafile } = await build({
    ...options,
    // Absolute paths in the output would differ between checkouts.
    absWorkingDir: packageFolder,
    plugins: [noEventStreams, ...plugins],
    splitting,
    chunkNames,
    banner: { js: banner },
  });
  if (outputFiles.length === 0) throw new Error('esbuild wrote no files');
  const zip = await zipFiles(outputFiles);
  await mkdir(outputFolder, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(join(outputFolder, basename(path)), contents);
  await writeFile(join(outputFolder, zipName), zip);
  // Next to the zip, for people who download it. Lambda does not need it.
  await writeFile(join(outputFolder, noticesName), thirdPartyNotices(Object.keys(metafile.inputs), packageFolder));
  await writeFile(join(outputFolder, 'meta.json'), JSON.stringify(metafile));
  return { bundleBytes: outputFiles.reduce((sum, { contents }) => sum + contents.length, 0), zipBytes: zip.length };
}
