import type { ParsedDocument } from '@start-engines/config';
import { maskSecrets } from './mask-secrets.ts';

/** A document for people. Text that is not JSON is shown unchanged, but only with `--reveal`. */
export function showDocument({ raw }: ParsedDocument, text: string, reveal: boolean): string {
  if (raw === undefined)
    return reveal ? text : `(not a JSON object; ${text.length} characters; use --reveal to show it)`;
  return formatDocument(reveal ? raw : maskSecrets(raw));
}

export function formatDocument(document: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(document, null, 2);
}

/** The largest parameter that Parameter Store stores without a charge. */
const mostCharacters = 4096;

/** A document as it is stored: formatted if it fits, otherwise without spaces. */
export function toStoredText(raw: Readonly<Record<string, unknown>>): string {
  const readable = formatDocument(raw);
  return readable.length <= mostCharacters ? readable : JSON.stringify(raw);
}

/** Why Parameter Store itself would refuse the text. */
export function storageProblem(text: string): string | undefined {
  if (text.length > mostCharacters)
    return `has ${text.length} characters, but Parameter Store accepts ${mostCharacters}`;
  return text.includes('{{') ? 'contains "{{", which Parameter Store does not accept' : undefined;
}
