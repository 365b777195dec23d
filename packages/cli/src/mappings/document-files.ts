import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { type ParsedDocument, parseMappingDocument } from '@start-engines/config';
import { usageError } from '../cli-error.ts';
import { defaultsName, type MappingName, readMappingName } from './mapping-name.ts';

/** A mapping in a file. The file's name is the service's: `auth.json`, or `defaults.json`. */
export interface DocumentFile {
  readonly name: MappingName;
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly parsed: ParsedDocument;
}

/** Whether a word of the command line means files rather than the name of a mapping. */
export function meansFiles(word: string): boolean {
  return word.endsWith('.json') || /[/\\]/.test(word) || word === '.' || word === '..';
}

/**
 * The mappings in files and folders, the defaults first. A folder means its `*.json`; names that begin with a dot are
 * passed over.
 *
 * @throws CliError `Usage` for what is not there, or is named as no mapping can be
 */
export function readDocumentFiles(paths: readonly string[]): readonly DocumentFile[] {
  const files = paths.flatMap((path) => {
    if (!isThere(path)) throw usageError(`There is no file ${path}.`);
    if (!statSync(path).isDirectory()) return [path];
    const inside = readdirSync(path).filter((file) => file.endsWith('.json') && !file.startsWith('.'));
    if (inside.length === 0) throw usageError(`The folder ${path} has no *.json.`);
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
  // Editors on Windows like to begin a file with a mark.
  const text = readText(path).replace(/^\uFEFF/, '');
  const folder = path.slice(0, path.length - basename(path).length) || '.';
  return { name, path, folder, text, parsed: parseMappingDocument(text, { parameter: path, version: 0 }) };
}

/** @throws CliError `Usage` for a folder that is named like a file, a link to nowhere, a file that may not be read */
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
