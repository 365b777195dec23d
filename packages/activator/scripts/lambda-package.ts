import { resolve } from 'node:path';
import { type LambdaPackage, writeLambdaPackage } from '../../../scripts/lambda-package.ts';
import { lazyCrypto } from './lazy-crypto.ts';
import { pageTexts } from './page-texts.ts';

/** What Terraform deploys behind the load balancer. */
export const zipName = 'start-engines-activator.zip';

const source = {
  packageFolder: resolve(import.meta.dirname, '..'),
  zipName,
  plugins: [lazyCrypto, pageTexts],
  splitting: true,
};

/** Bundles the function into the folder, as `writeLambdaPackage` describes. */
export function buildActivatorPackage(outputFolder: string): Promise<LambdaPackage> {
  return writeLambdaPackage(source, outputFolder);
}
