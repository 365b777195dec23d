import { readFileSync, writeFileSync } from 'node:fs';
import { foldersWithTables, pageOf, renderTables, withoutTables } from './module-tables.ts';

/** Writes the tables of inputs and outputs anew into the pages below `terraform/`: `node scripts/terraform/write-tables.ts`. */
for (const folder of foldersWithTables()) {
  const page = pageOf(folder);
  writeFileSync(page, `${withoutTables(readFileSync(page, 'utf8'))}\n\n${renderTables(folder)}\n`);
}
