import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

/** Modules of the SDK that Lambda never reaches, and what is bundled in their place. */
const replacements = [
  // Node has SHA-256 of its own. The implementation in JavaScript is for runtimes without it.
  {
    path: /[\\/]checksum[\\/]sha256[\\/]Sha256Js\.js$/,
    contents: async () => 'export const Sha256Js = undefined;',
  },
  // Lambda sets AWS_REGION. Only EC2 has an instance metadata service to ask.
  {
    path: /[\\/]regionConfig[\\/]getInstanceMetadataRegion\.js$/,
    contents: async () => 'export const getInstanceMetadataRegion = async () => undefined;',
  },
  // Lambda has no configuration files, and the SDK would look for them in each cold start.
  {
    path: /[\\/]shared-ini-file-loader[\\/]loadSharedConfigFiles\.js$/,
    contents: async () =>
      "export const CONFIG_PREFIX_SEPARATOR = '.'; export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });",
  },
  // Every region that Lambda runs in matches its partition's pattern, so the lists of regions are not needed.
  {
    path: /[\\/]util-endpoints[\\/]lib[\\/]aws[\\/]partitions\.js$/,
    contents: async (path: string) => {
      const { partitionsInfo } = await import(pathToFileURL(path).href);
      const partitions = partitionsInfo.partitions.map((partition: object) => ({ ...partition, regions: {} }));
      return `export const partitionsInfo = ${JSON.stringify({ ...partitionsInfo, partitions })};`;
    },
  },
  // The clients retry in the standard mode.
  {
    path: /[\\/]util-retry[\\/]AdaptiveRetryStrategy\.js$/,
    contents: async () => "export { StandardRetryStrategy as AdaptiveRetryStrategy } from './StandardRetryStrategy';",
  },
  // The clients have no logger.
  {
    path: /[\\/]middleware-logger[\\/]loggerMiddleware\.js$/,
    contents: async () =>
      'export const getLoggerPlugin = () => ({ applyToStack() {} }); export let loggerMiddleware, loggerMiddlewareOptions;',
  },
  // Reads the user agent of browsers.
  {
    path: /[\\/]createUserAgentStringParsingProvider\.js$/,
    contents: async () => 'export const createUserAgentStringParsingProvider = undefined;',
  },
  // The user agent needs the version and nothing else.
  {
    path: /[\\/]@aws-sdk[\\/]client-[a-z0-9-]+[\\/]package\.json$/,
    contents: async (path: string) =>
      `export default ${JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version })};`,
  },
];

/** Leaves out what Lambda never reaches: 22 KB before compression. The build fails when a new SDK has moved one of the modules. */
export const unreachedModules: Plugin = {
  name: 'unreached-modules',
  setup({ onLoad, onEnd }) {
    const missing = new Set(replacements);
    for (const replacement of replacements) {
      onLoad({ filter: replacement.path }, async ({ path }) => {
        missing.delete(replacement);
        return { contents: await replacement.contents(path), loader: 'js' };
      });
    }
    onEnd(() => ({ errors: [...missing].map(({ path }) => ({ text: `no bundled module matches ${path}` })) }));
  },
};
