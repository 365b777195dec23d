import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';

const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8').replaceAll('\r\n', '\n');

const sources = readdirSync(join(root, 'packages'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));

test('every source file that docs/architecture.md names exists', () => {
  const named = [...page.matchAll(/`([\w./-]+\.ts)`/g)].map(([, file = '']) => file);

  expect(named).toContain('plan/plan-start.ts');
  expect(named.filter((file) => !sources.some((source) => `/${source}`.endsWith(`/${file}`)))).toEqual([]);
});

test('docs/architecture.md follows one start through at most 15 stops, from the handler to its answer', () => {
  const [, section = ''] = page.split('## One start, from event to answer\n');
  const stops = [...(section.split('\n## ')[0] ?? '').matchAll(/^(\d+)\. \*\*/gm)].map(([, number]) => Number(number));

  expect(stops).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
});
