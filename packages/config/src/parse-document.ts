import type { MappingProblem } from '@start-engines/core';
import * as z from 'zod/mini';
import { checkDocument } from './check-document.ts';
import { isRecord } from './is-record.ts';
import { type MappingDocument, mappingDocumentSchema } from './mapping-schema.ts';
import { type KeyProblem, locate, type ParameterReference } from './problems.ts';

/** A document that was read, valid or not. */
export interface ParsedDocument {
  readonly reference: ParameterReference;
  /** What the document says; undefined when it has a problem. */
  readonly document: MappingDocument | undefined;
  /** Its keys and values as they stand there; undefined when it is not a JSON object. */
  readonly raw: Readonly<Record<string, unknown>> | undefined;
  /** Everything that is wrong with it. */
  readonly problems: readonly MappingProblem[];
}

/**
 * Reads one document, the defaults' or a service's, and finds everything that is wrong with it. Never throws.
 *
 * @param text JSON.
 */
export function parseMappingDocument(text: string, reference: ParameterReference): ParsedDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold the value of an environment variable.
    return invalidDocument(reference, undefined, [{ path: [], message: 'is not JSON' }]);
  }
  const result = z.safeParse(mappingDocumentSchema, value);
  const raw = isRecord(value) ? value : undefined;
  const issues = result.success ? [] : result.error.issues;
  const problems = [...issues.flatMap(toKeyProblems), ...(raw === undefined ? [] : checkDocument(raw))];
  if (!result.success || problems.length > 0) return invalidDocument(reference, raw, problems);
  return { reference, document: result.data, raw, problems: [] };
}

/** A document that may not be used, and why. */
export function invalidDocument(
  reference: ParameterReference,
  raw: ParsedDocument['raw'],
  problems: readonly KeyProblem[],
): ParsedDocument {
  return { reference, document: undefined, raw, problems: problems.map((problem) => locate(problem, reference)) };
}

function toKeyProblems(issue: z.core.$ZodIssue): KeyProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a known key' }));
  }
  const nested = issue.code === 'invalid_key' ? issue.issues[0] : undefined;
  return [{ path: issue.path, message: nested?.message ?? issue.message }];
}
