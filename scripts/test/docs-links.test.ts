import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { headingsOf, linksOf, readPages } from './markdown.ts';

test('every relative link leads to a file or a folder', () => {
  const broken = readPages().flatMap((page) =>
    linksOf(page)
      .map(({ target }) => target.replace(/#.*$/, ''))
      .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(join(root, dirname(page.path), target)))
      .map((target) => `${page.path}: ${target}`),
  );

  expect(broken).toEqual([]);
});

test('every link to an anchor leads to a heading', () => {
  const headings = new Map(readPages().map((page) => [page.path, headingsOf(page)]));
  const links = readPages().flatMap((page) =>
    linksOf(page)
      .filter(({ target }) => /^[^:]*\.md#|^#/.test(target))
      .map(({ target }) => {
        const [file = '', heading = ''] = target.split('#');
        return { from: page.path, to: file === '' ? page.path : posix.join(dirname(page.path), file), heading };
      }),
  );

  expect(links).toContainEqual({ from: 'docs/mapping.md', to: 'packages/cli/README.md', heading: 'mappings' });
  expect(links.filter(({ to, heading }) => headings.get(to)?.includes(heading) !== true)).toEqual([]);
});

test('every npm script in the documentation exists', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const named = readPages().flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm (?:run ([a-z][a-z-]*)|(test))\b/g)].map(([, run, test]) => ({
      path,
      name: run ?? test ?? '',
    })),
  );

  expect(named.map(({ name }) => name)).toContain('sandbox');
  expect(named.filter(({ name }) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('decision records are numbered without gaps, and all references from the code exist', () => {
  const numbers = readPages().flatMap(({ path }) => path.match(/^docs\/adr\/(\d{4})-/)?.[1] ?? []);
  const referredTo = readSources().flatMap((source) =>
    [...source.matchAll(/docs\/adr\/(\d{4})/g)].map(([, number = '']) => number),
  );

  expect(numbers.toSorted()).toEqual(numbers.map((_, index) => String(index + 1).padStart(4, '0')));
  expect(referredTo).toContain('0001');
  expect(referredTo.filter((number) => !numbers.includes(number))).toEqual([]);
});

function readSources(): string[] {
  return readdirSync(join(root, 'packages')).flatMap((name) =>
    readdirSync(join(root, 'packages', name, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  );
}

test('docs/README.md links to every page in docs', () => {
  const pages = readPages().flatMap(({ path }) => path.match(/^docs\/([a-z-]+\.md)$/)?.[1] ?? []);
  const index = readPages().find(({ path }) => path === 'docs/README.md') ?? { path: '', text: '' };
  const linked = linksOf(index).map(({ target }) => target);

  expect(pages).toContain('runbook.md');
  expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
});

test('README.md stays a page of 250 lines, and its contents list every section', () => {
  const readme = readPages().find(({ path }) => path === 'README.md') ?? { path: '', text: '' };
  const sections = [...readme.text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  const contents = linksOf(readme).flatMap(({ text, target }) => (target.startsWith('#') ? [text] : []));

  expect(readme.text.split('\n').length).toBeLessThan(250);
  expect(contents).toEqual(sections.filter((heading) => heading !== 'Contents'));
});
