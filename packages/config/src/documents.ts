import type { ParsedDocument } from './parse-document.ts';

/** The two documents of a service. */
export interface Documents {
  readonly defaults: ParsedDocument | undefined;
  readonly own: ParsedDocument;
  readonly service: string;
}

/** The document that decides a key: the service's own, or the defaults. */
export function sourceOf({ defaults, own }: Documents, key: string): ParsedDocument | undefined {
  return [own, defaults].find((document) => document?.raw !== undefined && Object.hasOwn(document.raw, key));
}
