import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from '../tasks.ts';

/** A page, its path from the root with `/` between the folders. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A fenced block of code. */
export interface Block {
  readonly language: string;
  readonly code: string;
}

/** The pages for people: those at the root, below `docs` and `terraform`, and one in each package. */
export function readPages(): Page[] {
  const paths = [
    ...listMarkdown('.', false),
    ...listMarkdown('docs', true),
    ...listMarkdown('terraform', true),
    ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`),
  ];
  return paths
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function listMarkdown(folder: string, recursive: boolean): string[] {
  return readdirSync(join(root, folder), { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** All fenced blocks of a page in their order. */
export function blocksOf(page: Page): Block[] {
  return [...page.text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}

export interface Link {
  readonly text: string;
  readonly target: string;
}

/** The links of a page, those in its blocks of code left out. */
export function linksOf(page: Page): Link[] {
  const prose = page.text.replaceAll(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)].map(([, text = '', target = '']) => ({ text, target }));
}

/** The headings of a page as links name them: in lower case, without punctuation, with `-` between the words. */
export function headingsOf(page: Page): string[] {
  const prose = page.text.replaceAll(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
