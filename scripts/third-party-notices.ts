import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const noticesName = 'THIRD-PARTY-NOTICES.txt';

interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

/**
 * The licences of all packages in an esbuild bundle. Packages with the same licence text share one section. The same inputs give
 * the same text.
 *
 * @param inputs the paths in esbuild's metafile
 * @param folder the folder that the paths are relative to
 */
export function thirdPartyNotices(inputs: readonly string[], folder: string): string {
  const folders = new Set(inputs.flatMap((path) => packageFolder(path) ?? []));
  const packages = [...folders].map((path) => readPackage(join(folder, path)));
  const byText = Map.groupBy(packages, ({ licence, text }) => `${licence}\n\n${termsOf(text)}`);
  const sections = [...byText].map(([text, those]) => {
    const names = those.map((one) => [`${one.name} ${one.version}`, ...copyrightOf(one.text)].join(': '));
    return `${[...new Set(names)].sort().join('\n')}\n\n${text}`;
  });
  return `${['This bundle contains the following packages.', ...sections.sort()].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

const endOfApache = 'END OF TERMS AND CONDITIONS';

/** The Apache licence differs between packages only in its appendix, which names the owner. */
function termsOf(text: string): string {
  if (!text.includes(endOfApache)) return text;
  const lines = text.slice(0, text.indexOf(endOfApache)).split('\n');
  return lines
    .map((line) => line.trim())
    .join('\n')
    .trim();
}

function copyrightOf(text: string): readonly string[] {
  return text.includes(endOfApache) ? (/^\s*(Copyright \d.*)$/m.exec(text)?.slice(1, 2) ?? []) : [];
}

/** The path of the package that contains a file, or undefined for our own files. */
function packageFolder(path: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e(\.md|\.txt)?$/i.test(one));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim().replaceAll('\r\n', '\n');
  return { name, version, licence: `Licence: ${license ?? 'see the text'}`, text };
}
