import { resolve } from 'node:path';
import { type LambdaPackage, writeLambdaPackage } from '../../../scripts/lambda-package.ts';
import { environmentCredentials } from './environment-credentials.ts';
import { requiredBuiltins } from './required-builtins.ts';
import { singleRegionSigner } from './single-region-signer.ts';
import { unreachedModules } from './unreached-modules.ts';
import { unusedShapes } from './unused-shapes.ts';

/** The file that Terraform deploys. */
export const zipName = 'start-engines-lambda.zip';

const source = {
  packageFolder: resolve(import.meta.dirname, '..'),
  zipName,
  // The remaining CommonJS calls `require` for Node's own modules.
  banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  // Only a scheduled reconcile reads metrics.
  splitting: true,
  chunkNames: '[name]-[hash]',
  plugins: [environmentCredentials, requiredBuiltins, singleRegionSigner, unreachedModules, unusedShapes],
};

/** Bundles the function into the folder, as `writeLambdaPackage` describes. */
export function buildLambdaPackage(outputFolder: string): Promise<LambdaPackage> {
  return writeLambdaPackage(source, outputFolder);
}
