import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergeMapping, parseMappingDocument } from '@start-engines/config';
import { overrideNames } from '@start-engines/core';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { blocksOf } from './markdown.ts';

const readme = { path: 'README.md', text: readFileSync(join(root, 'README.md'), 'utf8') };

/** The first cells of the rows under a heading, each word of code in them on its own. */
function wordsOfTable(heading: string): string[] {
  const section = readme.text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const cells = section.split('\n').flatMap((line) => line.match(/^\| ([^|]+) \|/)?.[1] ?? []);
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word));
}

test('README.md lists the keys of a service mapping that the JSON Schema has, and no other', () => {
  const path = join(root, 'packages', 'config', 'schema', 'service-mapping.schema.json');
  const { properties }: { properties: Record<string, unknown> } = JSON.parse(readFileSync(path, 'utf8'));

  const known = Object.keys(properties).filter((key) => key !== '$schema');
  expect(wordsOfTable('Service mapping').toSorted()).toEqual(known.toSorted());
});

test('README.md lists every override that an event may carry', () => {
  expect(wordsOfTable('Events')).toEqual(expect.arrayContaining([...overrideNames]));
});

test('the service mapping that README.md shows is valid', () => {
  const [shown = ''] = blocksOf(readme).flatMap(({ language, code }) => (language === 'json' ? [code] : []));
  const document = parseMappingDocument(shown, { parameter: '/start-engines/dev/services/auth', version: 1 });

  const { mapping, problems } = mergeMapping(undefined, document, 'auth');

  expect(problems).toEqual([]);
  expect(mapping).toMatchObject({ service: 'auth', port: 8080, wait: 'healthy' });
});
