import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from '../tasks.ts';

/** A Markdown page. Its path is relative to the root, with `/` as the separator. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A fenced code block. */
export interface Block {
  readonly language: string;
  readonly code: string;
}

/** The Markdown pages at the root, below `docs` and `terraform`, and in each package. */
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

/** All fenced code blocks of a page, in order. */
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

/** The links of a page, except those in code blocks. */
export function linksOf(page: Page): Link[] {
  const prose = page.text.replaceAll(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)].map(([, text = '', target = '']) => ({ text, target }));
}

/** The anchors of a page's headings: in lower case, without punctuation, with `-` between words. */
export function headingsOf(page: Page): string[] {
  const prose = page.text.replaceAll(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
