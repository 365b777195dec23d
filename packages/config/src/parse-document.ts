import type { MappingProblem } from '@start-engines/core';
import * as z from 'zod/mini';
import { checkDocument } from './check-document.ts';
import { isRecord } from './is-record.ts';
import { type MappingDocument, mappingDocumentSchema } from './mapping-schema.ts';
import { type KeyProblem, locate, type ParameterReference } from './problems.ts';

/** A document that was read, whether valid or not. */
export interface ParsedDocument {
  readonly reference: ParameterReference;
  /** The contents; undefined when the document has a problem. */
  readonly document: MappingDocument | undefined;
  /** The raw keys and values; undefined when the document is not a JSON object. */
  readonly raw: Readonly<Record<string, unknown>> | undefined;
  /** All problems of the document. */
  readonly problems: readonly MappingProblem[];
}

/**
 * Parses one document, the defaults or a service's, and finds all its problems. Never throws.
 *
 * @param text JSON.
 */
export function parseMappingDocument(text: string, reference: ParameterReference): ParsedDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may contain the value of an environment variable.
    return invalidDocument(reference, undefined, [{ path: [], message: 'is not JSON' }]);
  }
  const result = z.safeParse(mappingDocumentSchema, value);
  const raw = isRecord(value) ? value : undefined;
  const issues = result.success ? [] : result.error.issues;
  const problems = [...issues.flatMap(toKeyProblems), ...(raw === undefined ? [] : checkDocument(raw))];
  if (!result.success || problems.length > 0) return invalidDocument(reference, raw, problems);
  return { reference, document: result.data, raw, problems: [] };
}

/** A document that cannot be used, and why. */
export function invalidDocument(
  reference: ParameterReference,
  raw: ParsedDocument['raw'],
  problems: readonly KeyProblem[],
): ParsedDocument {
  return { reference, document: undefined, raw, problems: problems.map((problem) => locate(problem, reference)) };
}

function toKeyProblems(issue: z.core.$ZodIssue): KeyProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is an unknown key' }));
  }
  const nested = issue.code === 'invalid_key' ? issue.issues[0] : undefined;
  return [{ path: issue.path, message: nested?.message ?? issue.message }];
}
