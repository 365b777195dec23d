import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tasks.ts';
import { contractFile, renderContract } from './contract.ts';
import { foldersWithTables, generatedRootFiles, pageOf, renderTables, withoutTables } from './module-tables.ts';

/**
 * Generates the contract, the root's variables and outputs, and the tables at the end of each README. `npm run lint -- --fix` then
 * formats the contract.
 */
writeFileSync(join(root, 'terraform', contractFile), renderContract());
for (const [file, render] of Object.entries(generatedRootFiles)) {
  writeFileSync(join(root, 'terraform', file), render());
}
for (const folder of foldersWithTables()) {
  const page = pageOf(folder);
  writeFileSync(page, `${withoutTables(readFileSync(page, 'utf8'))}\n\n${renderTables(folder)}\n`);
}
