import { createTwoFilesPatch } from 'diff';
import { maskPair } from './mask-secrets.ts';
import { formatDocument } from './show-document.ts';

/** One side of a comparison. */
export interface Side {
  /** Such as `auth version 4`, or a file name. */
  readonly label: string;
  /** Undefined if there is no document, or if it is not a JSON object. */
  readonly document: Readonly<Record<string, unknown>> | undefined;
  readonly text: string;
}

/** A unified diff of two documents, empty if they mean the same. Formatting is ignored, and secrets are hidden. */
export function diffDocuments(before: Side, after: Side, reveal: boolean): string {
  const [one, other] = [before.document, after.document];
  const labels = [before.label, after.label] as const;
  if (one === undefined && before.text !== '') return describeOpaque(before, after);
  if (other === undefined && after.text !== '') return describeOpaque(before, after);
  const pair = reveal ? ([one ?? {}, other ?? {}] as const) : maskPair(one ?? {}, other ?? {}, labels);
  const [from, to] = [one === undefined ? '' : ordered(pair[0]), other === undefined ? '' : ordered(pair[1])];
  if (from === to) return '';
  const patch = createTwoFilesPatch(before.label, after.label, from, to, '', '', { context: 2 });
  // The first line is a separator for programs.
  return patch.split('\n').slice(1).join('\n').trimEnd();
}

function describeOpaque(before: Side, after: Side): string {
  if (before.text === after.text) return '';
  const broken = [before, after].filter(({ document, text }) => document === undefined && text !== '');
  return `--- ${before.label}\n+++ ${after.label}\n${broken.map(({ label }) => `${label} is not a JSON object`).join('\n')}`;
}

/** Sorts keys: their order makes no difference. */
function ordered(document: Readonly<Record<string, unknown>>): string {
  return `${formatDocument(sortKeys(document) as Record<string, unknown>)}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, sortKeys(inner)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether two documents mean the same. */
export function saysTheSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sortKeys(one)) === JSON.stringify(sortKeys(other));
}

/** The top-level keys that differ. */
export function changedKeys(
  before: Readonly<Record<string, unknown>> | undefined,
  after: Readonly<Record<string, unknown>> | undefined,
): readonly string[] {
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...keys].filter((key) => !saysTheSame(before?.[key], after?.[key])).sort();
}
