import type { ParsedDocument } from '@start-engines/config';
import { maskSecrets } from './mask-secrets.ts';

/** A document as a person reads it. What is no JSON is shown as it stands, unless it may hold a secret. */
export function showDocument({ raw }: ParsedDocument, text: string, reveal: boolean): string {
  if (raw === undefined) return reveal ? text : `(not a JSON object; ${text.length} characters, shown with --reveal)`;
  return formatDocument(reveal ? raw : maskSecrets(raw));
}

export function formatDocument(document: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(document, null, 2);
}

/** Parameter Store takes that many characters without a charge. */
const mostCharacters = 4096;

/** A document as it is stored: readable as long as it fits, without spaces when it does not. */
export function toStoredText(raw: Readonly<Record<string, unknown>>): string {
  const readable = formatDocument(raw);
  return readable.length <= mostCharacters ? readable : JSON.stringify(raw);
}

/** What Parameter Store itself would refuse. */
export function storageProblem(text: string): string | undefined {
  if (text.length > mostCharacters) return `has ${text.length} characters, and Parameter Store takes ${mostCharacters}`;
  return text.includes('{{') ? 'contains "{{", which Parameter Store does not take' : undefined;
}
