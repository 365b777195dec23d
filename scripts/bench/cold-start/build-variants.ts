import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { root } from '../../tasks.ts';

/** A packaging of the function, and the module that a new process imports. */
export interface Variant {
  readonly name: string;
  readonly modulePath: string;
  /** Additional environment variables of the variant. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The baseline: a simple implementation with default packaging. */
export const plainName = "the plain steps, esbuild's defaults";

const handlerSource = join(root, 'packages', 'handler', 'src', 'index.ts');
const plainSource = join(import.meta.dirname, 'plain-handler.ts');

/** Builds all variants except the built bundle, below the folder. */
export async function buildVariants(folder: string): Promise<readonly Variant[]> {
  await mkdir(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  await writeFile(at('empty.mjs'), 'export const handler = async () => ({ statusCode: 200 });\n');
  // Only the options that esbuild needs for Node.
  await pack(plainSource, at('plain.cjs'), {});
  await pack(handlerSource, at('defaults.cjs'), {});
  await pack(handlerSource, at('unbundled.mjs'), { format: 'esm', mainFields: ['main'], plugins: [leavePackagesOut] });
  const ours = join(root, 'packages', 'handler', 'dist', 'index.mjs');
  const cache = { NODE_COMPILE_CACHE: at('compile-cache') };
  return [
    { name: 'an empty handler', modulePath: at('empty.mjs'), environment: {} },
    { name: 'ours', modulePath: ours, environment: {} },
    { name: "ours, with V8's compile cache", modulePath: ours, environment: cache },
    { name: plainName, modulePath: at('plain.cjs'), environment: {} },
    { name: "ours, esbuild's defaults", modulePath: at('defaults.cjs'), environment: {} },
    { name: 'ours, not bundled', modulePath: at('unbundled.mjs'), environment: {} },
  ];
}

async function pack(entryPoint: string, outfile: string, options: BuildOptions): Promise<void> {
  await build({ entryPoints: [entryPoint], outfile, bundle: true, platform: 'node', logLevel: 'error', ...options });
}

/** Bundles our code into one file, and leaves every package in node_modules. */
const leavePackagesOut: Plugin = {
  name: 'leave-packages-out',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      const ours = path.startsWith('@start-engines/') || path.startsWith('node:') || kind === 'entry-point';
      if (ours || pluginData === 'resolving') return undefined;
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: 'resolving' });
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};
