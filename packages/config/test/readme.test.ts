import { readFileSync } from 'node:fs';
import { mergeMapping, parseMappingDocument } from '@start-engines/config';
import { describe, expect, it } from 'vitest';
import { knownKeys } from './support/any-document.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  it('has an example of a complete mapping', () => {
    const example = /```json\r?\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const parsed = parseMappingDocument(example, { parameter: 'README.md', version: 1 });
    expect(mergeMapping(undefined, parsed, 'fa')).toMatchObject({
      mapping: { service: 'fa', port: 2531 },
      problems: [],
    });
  });

  it('has every key in its table', () => {
    const table = readme.split(/\r?\n/).filter((line) => line.startsWith('| `'));
    const inTable = (key: string) => table.some((line) => new RegExp(`^\\|[^|]*\`${key}\\b`).test(line));
    expect(knownKeys.filter((key) => key !== '$schema' && !inTable(key))).toEqual([]);
  });
});
