import { resolve } from 'node:path';
import { buildActivatorPackage, zipName } from './lambda-package.ts';

const outputFolder = resolve(process.argv[2] ?? resolve(import.meta.dirname, '..', 'dist'));
const { bundleBytes, zipBytes } = await buildActivatorPackage(outputFolder);
const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
console.log(`${zipName}: ${kilobytes(zipBytes)} (index.mjs ${kilobytes(bundleBytes)})`);
