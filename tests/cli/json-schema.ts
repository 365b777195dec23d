import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { root } from '../../scripts/tasks.ts';

const folder = join(root, 'packages', 'cli', 'schema');
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });
for (const file of readdirSync(folder)) ajv.addSchema(JSON.parse(readFileSync(join(folder, file), 'utf8')), file);

/** The output of a command with `--json`, validated against its schema: `schema/<name>.schema.json`. */
// biome-ignore lint/suspicious/noExplicitAny: the schema has validated it, and tests read any part of it
export function readJson(name: string, text: string): any {
  const document: unknown = JSON.parse(text);
  const validate = ajv.getSchema(`${name}.schema.json`);
  if (validate === undefined) throw new Error(`there is no schema ${name}`);
  validate(document);
  expect(validate.errors ?? [], text).toEqual([]);
  return document;
}

/** The documents of a stream, one a line. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function readJsonLines(name: string, text: string): any[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => readJson(name, line));
}
