import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergeMapping, parseMappingDocument } from '@start-engines/config';
import { overrideKinds } from '@start-engines/core';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { blocksOf, type Page } from './markdown.ts';

function readPage(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n') };
}

const mappingPage = readPage('docs/mapping.md');

/** The code words in the first cells of the rows under a heading. */
function wordsOfTable({ text }: Page, heading: string): string[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const cells = section.split('\n').flatMap((line) => line.match(/^\| ([^|]+) \|/)?.[1] ?? []);
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word));
}

test('docs/mapping.md lists the keys of a service mapping that the JSON Schema has, and no other', () => {
  const path = join(root, 'packages', 'config', 'schema', 'service-mapping.schema.json');
  const { properties }: { properties: Record<string, unknown> } = JSON.parse(readFileSync(path, 'utf8'));

  const known = Object.keys(properties).filter((key) => key !== '$schema');
  expect(wordsOfTable(mappingPage, 'Keys').toSorted()).toEqual(known.toSorted());
});

test('docs/events-and-answers.md lists every override that an event may carry', () => {
  expect(wordsOfTable(readPage('docs/events-and-answers.md'), 'Fields of a start')).toEqual(
    expect.arrayContaining(Object.keys(overrideKinds)),
  );
});

test('the service mapping that docs/mapping.md shows is valid', () => {
  const [shown = ''] = blocksOf(mappingPage).flatMap(({ language, code }) => (language === 'json' ? [code] : []));
  const document = parseMappingDocument(shown, { parameter: '/start-engines/dev/services/auth', version: 1 });

  const { mapping, problems } = mergeMapping(undefined, document, 'auth');

  expect(problems).toEqual([]);
  expect(mapping).toMatchObject({ service: 'auth', port: 8080, wait: 'healthy' });
});
