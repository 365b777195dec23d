import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { createJsonSchema } from './json-schema.ts';

/**
 * Writes the JSON Schema to `dist/` and holds the checked-in file against it. `--update` writes that one too; Biome then
 * gives it its format.
 */
const built = new URL('../dist/service-mapping.schema.json', import.meta.url);
const checkedIn = new URL('../schema/service-mapping.schema.json', import.meta.url);

const text = `${JSON.stringify(createJsonSchema(), null, 2)}\n`;
mkdirSync(new URL('.', built), { recursive: true });
writeFileSync(built, text);
if (process.argv.includes('--update')) writeFileSync(checkedIn, text);
if (!isDeepStrictEqual(JSON.parse(readFileSync(checkedIn, 'utf8')), JSON.parse(text))) {
  console.error(`${fileURLToPath(checkedIn)} is not what src/mapping-schema.ts says.`);
  console.error('Bring it up to date: node packages/config/scripts/build.ts --update');
  process.exit(1);
}
