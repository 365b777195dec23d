import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { type ParsedDocument, parseMappingDocument } from '@start-engines/config';
import { usageError } from '../cli-error.ts';
import { defaultsName, type MappingName, readMappingName } from './mapping-name.ts';

/** A mapping in a file that is named after its service, such as `auth.json`, or `defaults.json`. */
export interface DocumentFile {
  readonly name: MappingName;
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly parsed: ParsedDocument;
}

/** Whether a word of the command line means a file or folder, not the name of a mapping. */
export function meansFiles(word: string): boolean {
  return word.endsWith('.json') || /[/\\]/.test(word) || word === '.' || word === '..';
}

/**
 * The mappings in files and folders, the defaults first. In a folder, every `*.json` counts except names that begin with a
 * dot.
 *
 * @throws CliError `Usage` for a path that does not exist or is not the name of a mapping
 */
export function readDocumentFiles(paths: readonly string[]): readonly DocumentFile[] {
  const files = paths.flatMap((path) => {
    if (!isThere(path)) throw usageError(`File ${path} does not exist.`);
    if (!statSync(path).isDirectory()) return [path];
    const inside = readdirSync(path).filter((file) => file.endsWith('.json') && !file.startsWith('.'));
    if (inside.length === 0) throw usageError(`Folder ${path} has no *.json files.`);
    return inside.map((file) => join(path, file));
  });
  const documents = files.map(readDocumentFile);
  const twice = documents.find(({ name }, index) => documents.findIndex((one) => one.name === name) !== index);
  if (twice !== undefined) throw usageError(`${twice.name} is given twice.`);
  const order = ({ name }: DocumentFile) => (name === defaultsName ? '' : name);
  return documents.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function readDocumentFile(path: string): DocumentFile {
  const name = readMappingName(basename(path, extname(path)));
  // Some Windows editors write a byte order mark.
  const text = readText(path).replace(/^\uFEFF/, '');
  const folder = path.slice(0, path.length - basename(path).length) || '.';
  return { name, path, folder, text, parsed: parseMappingDocument(text, { parameter: path, version: 0 }) };
}

/** @throws CliError `Usage` for a folder named like a file, a dangling link, or an unreadable file */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw usageError(`${path} could not be read: ${cause instanceof Error ? cause.message : cause}`);
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
